import { Inject, Injectable } from '@nestjs/common';
import { toSeconds } from '../clock';
import { JwtRefreshError } from '../errors';
import type { HostClaims, ResponseMembers } from '../hooks';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type AccessTokenSubject, AccessTokenService } from './access-token.service';
import { type DecodedRefreshToken, RefreshTokenCodec } from './refresh-token.codec';
import { scopeOf } from './scope';
import { type SecretKeys, ServerSecrets } from './server-secrets';
import { TokenPair } from './token-pair';

/** The part of a session that its tokens are made from. */
export interface MintableSession extends AccessTokenSubject {
  readonly secretId: string;
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
  readonly lastUsed: Date | null;
}

/** What a host's hooks add to a session's tokens. */
export interface HostAdditions {
  /** To the access token. */
  readonly claims?: HostClaims;
  /** To the token response. */
  readonly members?: ResponseMembers;
}

/** Makes the token pair of a session's current generation. Equal sessions and secrets give equal refresh tokens. */
@Injectable()
export class TokenMinter {
  private readonly secrets: ServerSecrets;
  private readonly codec: RefreshTokenCodec;

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly accessTokens: AccessTokenService,
  ) {
    this.secrets = new ServerSecrets(options.secrets);
    this.codec = new RefreshTokenCodec(this.secrets, options.refreshToken.format);
  }

  /** The keys for new generations. */
  get currentKeys(): SecretKeys {
    return this.secrets.current;
  }

  /** The keys a row's generation was made with, or null when that server secret was removed. */
  findKeys(secretId: string): SecretKeys | null {
    return this.secrets.find(secretId);
  }

  /** What a refresh token says, or null for anything the server did not make. Asks no database. */
  decode(token: unknown): Promise<DecodedRefreshToken | null> {
    return this.codec.decode(token);
  }

  /** @param at when the session was known to live, milliseconds since 1970 */
  async mint(session: MintableSession, secret: Buffer, at: number, { claims, members }: HostAdditions = {}): Promise<TokenPair> {
    const end = Math.min(session.expiresAt.getTime(), session.endsAt.getTime());
    const content = {
      familyId: session.id,
      generation: session.generation,
      secret,
      issuedAt: toSeconds(issuedAtOf(session).getTime()),
      expiresAt: toSeconds(end),
    };
    const refreshToken = await this.codec.encode(content, this.getKeys(session.secretId));
    const { token: accessToken, expiresIn } = await this.accessTokens.sign(session, at, claims);
    const refreshExpiresIn = Math.max(0, Math.round((end - this.options.clock.now()) / 1000));
    const scope = scopeOf({ ...session.content, ...claims });
    const parts = { accessToken, refreshToken, expiresIn, refreshExpiresIn, sessionId: session.id, scope, members };
    return new TokenPair(parts, { ...this.options.response, transport: this.options.transport });
  }

  private getKeys(secretId: string): SecretKeys {
    const keys = this.findKeys(secretId);
    if (!keys) throw new JwtRefreshError('temporarily_unavailable');
    return keys;
  }
}

/** The rotation that made the token, or the beginning. `rotatedAt` itself may move with the grace period, and a retry gets the same text. */
function issuedAtOf({ rotatedAt, lastUsed, createdAt }: MintableSession): Date {
  return (rotatedAt && lastUsed) ?? createdAt;
}
