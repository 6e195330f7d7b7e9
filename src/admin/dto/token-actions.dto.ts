import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsObject, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import type { Duration } from '../../duration';
import type { HostClaims } from '../../hooks';
import { RevokeFilter } from './token-filter.dto';
import { IsLifetime, IsName } from './validation';

const LONGEST_TOKEN = 8192;

/** A key to make. */
export class CreateKeyBody {
  /** The `aud` of its access tokens. */
  @IsName()
  audience!: string;

  /** How long it lives: seconds, or a text like `90d`. Nothing moves its end. */
  @IsLifetime()
  lifetime!: Duration;

  /** Whose key it is, the `sub` of its access tokens. @default `key:` and its id */
  @IsOptional()
  @IsName()
  subject?: string;

  /** A name for people. */
  @IsOptional()
  @IsName()
  label?: string;

  /** Claims for its access tokens; the registered ones are refused (RFC 7519 §4.1). */
  @IsOptional()
  @IsObject()
  content?: HostClaims;

  /** Whether each use exchanges the token for its successor; false for a program that can't keep a new one. @default true */
  @IsOptional()
  @IsBoolean()
  rotates?: boolean;
}

/** Why one family is revoked. */
export class RevokeBody {
  /** Kept in the row and in the audit log. @default 'admin' */
  @IsOptional()
  @IsName()
  reason?: string;
}

/** Which families are revoked, and why. */
export class RevokeManyBody {
  /** At least one member: nobody revokes everything by mistake. */
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => RevokeFilter)
  filter!: RevokeFilter;

  /** Kept in each row and in the audit log. */
  @IsName()
  reason!: string;

  /** Only count. @default false */
  @IsOptional()
  @IsBoolean()
  dryRun?: boolean;
}

/** A token somebody has found. */
export class LookupBody {
  /** A refresh token or an access token of any age. */
  @IsString()
  @MaxLength(LONGEST_TOKEN)
  token!: string;
}
