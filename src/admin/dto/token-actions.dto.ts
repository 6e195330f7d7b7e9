import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsObject, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Duration } from '../../duration';
import type { HostClaims } from '../../hooks';
import { Field } from '../../openapi/openapi';
import { RevokeFilter } from './token-filter.dto';
import { AsSent, IsLifetime, IsName, IsOptional, Trimmed } from './validation';

const LONGEST_TOKEN = 8192;

/** A key to make. */
export class CreateKeyBody {
  @Field('The `aud` of its access tokens.')
  @IsName()
  audience!: string;

  @Field('How long it lives: seconds, or a text like `90d`. Nothing moves its end.')
  @IsLifetime()
  lifetime!: Duration;

  @Field("Whose key it is, the `sub` of its access tokens. Without it, nobody's: `key:` and its id.")
  @IsOptional()
  @IsName()
  subject?: string;

  @Field('A name for people.')
  @IsOptional()
  @IsName()
  label?: string;

  @Field('Claims for its access tokens; the registered ones are refused (RFC 7519 §4.1).')
  @IsOptional()
  @IsObject()
  @AsSent()
  content?: HostClaims;

  @Field("Whether each use exchanges the token for its successor; false for a program that can't keep a new one. Without it, true.")
  @IsOptional()
  @IsBoolean()
  rotates?: boolean;
}

/** Why one family is revoked. */
export class RevokeBody {
  @Field('Kept in the row and in the audit log. Without it, `admin`.')
  @IsOptional()
  @IsName()
  reason?: string;
}

/** Which families are revoked, and why. */
export class RevokeManyBody {
  @Field('At least one member: nobody revokes everything by mistake.')
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => RevokeFilter)
  filter!: RevokeFilter;

  @Field('Kept in each row and in the audit log.')
  @IsName()
  reason!: string;

  @Field('Only count. Without it, false.')
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** A token somebody has found. */
export class LookupBody {
  @Field('A refresh token or an access token of any age.')
  @MaxLength(LONGEST_TOKEN)
  @IsString()
  @Trimmed()
  token!: string;
}
