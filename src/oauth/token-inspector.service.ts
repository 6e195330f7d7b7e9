import { Inject, Injectable } from '@nestjs/common';
import { toSeconds } from '../clock';
import { JwtRefreshError } from '../errors';
import type { HostClaims } from '../hooks';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationService } from '../revocation/revocation.service';
import { SessionCheckService } from '../revocation/session-check.service';
import { RefreshHooks } from '../rotation/refresh-hooks';
import { RotationService } from '../rotation/rotation.service';
import { AdoptionService } from '../sessions/adoption.service';
import { deviceFromRequest, type DeviceRequest } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { type AccessTokenClaims, AccessTokenService } from '../tokens/access-token.service';
import type { DecodedRefreshToken } from '../tokens/refresh-token.codec';
import { scopeOf } from '../tokens/scope';
import { TokenMinter } from '../tokens/token-minter';
import type { ActiveToken, Introspection } from './introspection';
import { mayUse, type ResolvedOAuthClient, serves } from './oauth-clients';

const INACTIVE = { active: false } as const;

/** Tells of tokens of either kind, and ends their sessions. Hints about the kind are not needed: no token can be taken for the other. */
@Injectable()
export class TokenInspector {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly minter: TokenMinter,
    private readonly accessTokens: AccessTokenService,
    private readonly rotation: RotationService,
    private readonly sessionCheck: SessionCheckService,
    private readonly revocation: RevocationService,
    private readonly hooks: RefreshHooks,
    private readonly adoption: AdoptionService,
    private readonly store: RefreshTokenStore,
  ) {}

  /** RFC 7662 §2.2. Changes nothing and tells nobody. @throws JwtRefreshError `temporarily_unavailable` */
  async introspect(token: string, client: ResolvedOAuthClient): Promise<Introspection> {
    const refreshToken = await this.minter.decode(token);
    const active = refreshToken ? await this.findActiveRefreshToken(refreshToken, client) : await this.findActiveAccessToken(token, client);
    return active ?? INACTIVE;
  }

  /**
   * RFC 7009 §2: ends the session of a token, if the client may use it. Anything else is no error and has no effect.
   *
   * @param clientId null where there are no clients
   * @throws JwtRefreshError `temporarily_unavailable`
   */
  async revoke(token: string, clientId: string | null, request: DeviceRequest): Promise<void> {
    const id = (await this.minter.decode(token))?.familyId ?? (await this.findClaims(token))?.sid;
    if (id === undefined) await this.adoption.revoke(token, { request }, { clientId });
    else await this.revokeSession(id, clientId, request);
  }

  private async revokeSession(id: string, clientId: string | null, request: DeviceRequest): Promise<void> {
    const session = await this.store.findById(id);
    if (!session || !mayUse(this.options.oauth.clients, clientId, session.audience)) return;
    await this.revocation.revoke(session, { reason: 'logout', actor: session.subject, device: deviceFromRequest(request) });
  }

  private async findActiveRefreshToken(token: DecodedRefreshToken, client: ResolvedOAuthClient): Promise<ActiveToken | null> {
    const session = await this.rotation.findCurrent(token);
    if (!session || !serves(client, session.audience)) return null;
    const claims = await this.hooks.resolveSubject(session);
    return claims && this.describeSession(session, claims);
  }

  private describeSession(session: RefreshToken, claims: HostClaims): ActiveToken {
    return {
      active: true,
      sub: session.subject,
      aud: session.audience,
      iss: this.options.issuer,
      iat: toSeconds((session.rotatedAt ?? session.createdAt).getTime()),
      exp: toSeconds(Math.min(session.expiresAt.getTime(), session.endsAt.getTime())),
      sid: session.id,
      jti: session.jti,
      scope: scopeOf({ ...session.content, ...claims }),
    };
  }

  private async findActiveAccessToken(token: string, client: ResolvedOAuthClient): Promise<ActiveToken | null> {
    const claims = await this.findClaims(token);
    if (!claims || !serves(client, claims.aud)) return null;
    // Both ask for one row at once, which is one statement.
    const [isLive, session] = await Promise.all([this.isLive(claims), this.store.findById(claims.sid)]);
    if (!isLive || !session || !(await this.hooks.resolveSubject(session))) return null;
    const { sub, aud, iss, iat, nbf, exp, sid, jti } = claims;
    return { active: true, token_type: 'Bearer', sub, aud, iss, iat, nbf, exp, sid, jti, scope: scopeOf(claims) };
  }

  /** The claims of an access token of any audience that has not expired, or null. */
  private async findClaims(token: string): Promise<AccessTokenClaims | null> {
    return nullIfRefused(async () => this.accessTokens.verify(token, { audience: null }));
  }

  private async isLive(claims: AccessTokenClaims): Promise<boolean> {
    const live = await nullIfRefused(async () => {
      await this.sessionCheck.assertLive(claims, 'strict');
      return true;
    });
    return live ?? false;
  }
}

/** A refusal of the token is an answer; trouble of the server is none. */
async function nullIfRefused<Answer>(work: () => Promise<Answer>): Promise<Answer | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JwtRefreshError && error.code.startsWith('access_token_')) return null;
    throw error;
  }
}
