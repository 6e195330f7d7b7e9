import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsUUID, Max, Min, ValidateIf } from 'class-validator';
import type { RefreshTokenKind } from '../../sessions/refresh-token.entity';
import { IsInstant, IsName } from './validation';

/** What a family is by the clock and its row. */
export type TokenStatus = 'active' | 'expired' | 'revoked';

export const TOKEN_SORTS = ['createdAt', 'lastUsed', 'expiresAt'] as const;
export type TokenSort = (typeof TOKEN_SORTS)[number];

const MAX_IDS = 200;

/** Which families; everything given must hold. */
export class TokenFilter {
  /** `active`, `expired` or `revoked`. */
  @IsOptional()
  @IsIn(['active', 'expired', 'revoked'])
  status?: TokenStatus;

  /** The subject, exactly. */
  @IsOptional()
  @IsName()
  subject?: string;

  /** The audience, exactly. */
  @IsOptional()
  @IsName()
  audience?: string;

  /** `session` or `key`. */
  @IsOptional()
  @IsIn(['session', 'key'])
  kind?: RefreshTokenKind;

  /** A `jti` of the family, of its current generation or an earlier one, of a refresh token or an access token. */
  @IsOptional()
  @IsName()
  jti?: string;

  /** Part of the user agent, browser, system or kind of device; case doesn't matter. */
  @IsOptional()
  @IsName()
  device?: string;

  /** The address at login, exactly. */
  @IsOptional()
  @IsName()
  ip?: string;

  /** Begun at this instant or later. */
  @IsOptional()
  @IsInstant()
  createdFrom?: Date;

  /** Begun at this instant or before. */
  @IsOptional()
  @IsInstant()
  createdTo?: Date;

  /** Last used at this instant or later. */
  @IsOptional()
  @IsInstant()
  lastUsedFrom?: Date;

  /** Last used at this instant or before; never used is not before. */
  @IsOptional()
  @IsInstant()
  lastUsedTo?: Date;

  /** Idle end at this instant or later. */
  @IsOptional()
  @IsInstant()
  expiresFrom?: Date;

  /** Idle end at this instant or before. */
  @IsOptional()
  @IsInstant()
  expiresTo?: Date;
}

/** Filter, order and place of a list. */
export class TokenListQuery extends TokenFilter {
  /** `createdAt`, `lastUsed` or `expiresAt`. @default 'createdAt' */
  @IsOptional()
  @IsIn(TOKEN_SORTS)
  sort: TokenSort = 'createdAt';

  /** `desc` or `asc`. @default 'desc' */
  @IsOptional()
  @IsIn(['desc', 'asc'])
  order: 'desc' | 'asc' = 'desc';

  /** Rows a page, 1 to 200. @default 50 */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  /** `nextCursor` or `prevCursor` of an earlier answer to the same filter and order. */
  @IsOptional()
  @IsName()
  cursor?: string;
}

/** Which families to revoke: a filter as in the list, or a choice of ids. */
export class RevokeFilter extends TokenFilter {
  /** Ids of families, at most 200. */
  @ValidateIf(({ ids }: RevokeFilter) => ids !== undefined)
  @IsArray()
  @ArrayMaxSize(MAX_IDS)
  @IsUUID('all', { each: true })
  ids?: string[];

  /** The id of a family to leave alone. */
  @IsOptional()
  @IsUUID('all')
  exceptId?: string;
}
