import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsUUID, Max, Min, ValidateIf } from 'class-validator';
import type { RefreshTokenKind } from '../../sessions/refresh-token.entity';
import { Field } from '../../openapi/openapi';
import { IsInstant, IsName, IsOptional } from './validation';

export const TOKEN_STATUSES = ['active', 'expired', 'revoked'] as const;
/** What a family is by the clock and its row. */
export type TokenStatus = (typeof TOKEN_STATUSES)[number];

export const TOKEN_SORTS = ['createdAt', 'lastUsed', 'expiresAt'] as const;
export type TokenSort = (typeof TOKEN_SORTS)[number];

const MAX_IDS = 200;

/** Which families; everything given must hold. */
export class TokenFilter {
  @Field('What it is by the clock and its row.')
  @IsOptional()
  @IsIn(TOKEN_STATUSES)
  status?: TokenStatus;

  @Field('The subject, exactly.')
  @IsOptional()
  @IsName()
  subject?: string;

  @Field('The audience, exactly.')
  @IsOptional()
  @IsName()
  audience?: string;

  @Field('Whether it is a login or a key of an administrator.')
  @IsOptional()
  @IsIn(['session', 'key'])
  kind?: RefreshTokenKind;

  @Field('A `jti` of the family, of its current generation or an earlier one, of a refresh token or an access token.')
  @IsOptional()
  @IsName()
  jti?: string;

  @Field("Part of the user agent, browser, system or kind of device; case doesn't matter.")
  @IsOptional()
  @IsName()
  device?: string;

  @Field('The address at login, exactly.')
  @IsOptional()
  @IsName()
  ip?: string;

  @Field('Begun at this instant or later.')
  @IsOptional()
  @IsInstant()
  createdFrom?: Date;

  @Field('Begun at this instant or before.')
  @IsOptional()
  @IsInstant()
  createdTo?: Date;

  @Field('Last used at this instant or later.')
  @IsOptional()
  @IsInstant()
  lastUsedFrom?: Date;

  @Field('Last used at this instant or before; never used is not before.')
  @IsOptional()
  @IsInstant()
  lastUsedTo?: Date;

  @Field('Idle end at this instant or later.')
  @IsOptional()
  @IsInstant()
  expiresFrom?: Date;

  @Field('Idle end at this instant or before.')
  @IsOptional()
  @IsInstant()
  expiresTo?: Date;
}

/** Filter, order and place of a list. */
export class TokenListQuery extends TokenFilter {
  @Field('What the list is ordered by.')
  @IsOptional()
  @IsIn(TOKEN_SORTS)
  sort: TokenSort = 'createdAt';

  @Field('`desc` begins with the latest.')
  @IsOptional()
  @IsIn(['desc', 'asc'])
  order: 'desc' | 'asc' = 'desc';

  @Field('Rows a page.')
  @IsOptional()
  @Type(() => Number)
  @Min(1)
  @Max(200)
  @IsInt()
  limit = 50;

  @Field('`nextCursor` or `prevCursor` of an earlier answer to the same filter and order.')
  @IsOptional()
  @IsName()
  cursor?: string;
}

/** Which families to revoke: a filter as in the list, or a choice of ids. */
export class RevokeFilter extends TokenFilter {
  @Field('Ids of families.')
  @ValidateIf(({ ids }: RevokeFilter) => ids !== undefined)
  @IsUUID('all', { each: true })
  @ArrayMaxSize(MAX_IDS)
  @IsArray()
  ids?: string[];

  @Field('The id of a family to leave alone.')
  @IsOptional()
  @IsUUID('all')
  exceptId?: string;
}
