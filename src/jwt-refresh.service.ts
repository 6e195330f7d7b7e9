import { Inject, Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { assertName, assertSubject } from './names';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from './resolve-options';
import { AccessTokenBinding } from './rotation/access-token-binding';
import { RotationService } from './rotation/rotation.service';
import { LOGOUT_ALL, RevocationService } from './revocation/revocation.service';
import { RevocationFeed, type RevocationFeedStatus } from './revocation/revocation-feed';
import { AdoptionService } from './sessions/adoption.service';
import { AuthenticationService } from './sessions/authentication.service';
import { deviceOf, type DeviceInfo, type DeviceRequest } from './sessions/device-info';
import type { RefreshToken } from './sessions/refresh-token.entity';
import { RefreshTokenStore } from './sessions/refresh-token.store';
import { type IssueInput, SessionService } from './sessions/session.service';
import type { AccessTokenClaims } from './tokens/access-token.service';
import { TokenMinter } from './tokens/token-minter';
import type { TokenPair } from './tokens/token-pair';

/** Where a token came from. */
export interface TokenContext {
  /** The framework's request: its device is remembered in events, its address counts for rate limits, and whether its client still waits decides whether a reuse ends the session. */
  request?: DeviceRequest;
  /** The device, if the host knows it better than the request does. */
  device?: Partial<DeviceInfo>;
  /** The access token that came with the refresh token, for the option `accessTokenOnRefresh`. @default none */
  accessToken?: string;
}

/** Where a refresh token came from, and what is asked for. */
export interface RefreshContext extends TokenContext {
  /** The OAuth client that has proved who it is; a family of another client's is refused. @default none */
  clientId?: string;
  /** Scope names for this one access token, separated by spaces: some of the session's (RFC 6749 §6). @default all of the session's */
  scope?: string;
}

/** The module's front door for the host's own code; the controllers use it too. */
@Injectable()
export class JwtRefreshService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly sessionService: SessionService,
    private readonly rotation: RotationService,
    private readonly revocation: RevocationService,
    private readonly adoption: AdoptionService,
    private readonly binding: AccessTokenBinding,
    private readonly authentication: AuthenticationService,
    private readonly feed: RevocationFeed,
    private readonly minter: TokenMinter,
    private readonly store: RefreshTokenStore,
  ) {}

  /**
   * Begins a session and gives its first tokens. Call it when the host has checked who the user is.
   *
   * @throws TypeError when the input can't make a session
   * @throws JwtRefreshError `temporarily_unavailable`
   * @throws HttpException that the hook `responseMembers` has thrown
   * @example
   * ```ts
   * return this.jwtRefresh.issue({ subject: String(user.id), content: { role: user.role }, request });
   * ```
   */
  issue(input: IssueInput): Promise<TokenPair> {
    return this.sessionService.issue(input);
  }

  /**
   * Exchanges a refresh token for its successor. The token just spent gives the same successor again inside the grace
   * period; any older one revokes its family (RFC 9700 §4.14.2). A token that the hook `adoptLegacyToken` recognises is
   * exchanged for the first tokens of a session, once.
   *
   * @throws JwtRefreshError `refresh_token_invalid`, `_expired`, `_revoked`, `_reused`, `access_token_*`, `scope_invalid`,
   * `too_many_requests`, `temporarily_unavailable`
   * @throws HttpException that a hook has thrown
   */
  async refresh(token: string, context: RefreshContext = {}): Promise<TokenPair> {
    const asked = this.options.clock.now();
    const decoded = await this.minter.decode(token);
    if (!decoded) return this.adoption.adopt(token, context);
    await this.binding.assertBound(decoded, context.accessToken ?? null);
    return this.rotation.rotate(decoded, { ...context, asked, device: deviceOf(context) });
  }

  /**
   * Ends the session a refresh token belongs to. Any genuine token of the session will do, also a spent one; an unknown
   * token is not an error (RFC 7009 §2.2). A token that the hook `adoptLegacyToken` recognises can't be exchanged any more.
   *
   * @param context with `subject`, a session of anybody else is left alone
   * @returns whether this call ended a session
   * @throws JwtRefreshError `too_many_requests`, `temporarily_unavailable`
   * @throws HttpException that the hook `adoptLegacyToken` has thrown
   */
  async revoke(token: string, context: TokenContext & { subject?: string } = {}): Promise<boolean> {
    const decoded = await this.minter.decode(token);
    if (!decoded) return this.adoption.revoke(token, context, { subject: context.subject });
    const session = await this.store.findById(decoded.familyId);
    if (!session || (context.subject !== undefined && context.subject !== session.subject)) return false;
    return this.revocation.revoke(session, { reason: 'logout', actor: session.subject, device: deviceOf(context) });
  }

  /**
   * Ends one session by its id.
   *
   * @param id the `sid` of its access tokens; what is no id ends nothing
   * @param reason kept in the row and in the audit log, at most 255 characters
   * @param context with `subject`, a session of anybody else is left alone; `actor` says who did it
   * @returns whether this call ended a session
   * @throws TypeError when `reason`, `subject` or `actor` is no usable text
   * @throws JwtRefreshError `temporarily_unavailable`
   */
  async revokeFamily(id: string, reason: string, context: TokenContext & { subject?: string; actor?: string } = {}): Promise<boolean> {
    assertName('reason', reason);
    if ('subject' in context) assertSubject(context.subject);
    const actor = actorOf(context);
    const session = await this.store.findById(id);
    if (!session || (context.subject !== undefined && context.subject !== session.subject)) return false;
    return this.revocation.revoke(session, { reason, actor, device: deviceOf(context) });
  }

  /**
   * Ends all of a subject's sessions and keys: after a password reset, or when an account is closed.
   *
   * @param options `except`: id of a session to keep; `reason`: @default 'logout_all'; `actor`: who did it
   * @returns how many this call ended
   * @throws TypeError when `subject`, `except`, `reason` or `actor` is unusable; nothing ends then
   * @throws JwtRefreshError `temporarily_unavailable`
   */
  async revokeAll(subject: string, options: TokenContext & { except?: string; reason?: string; actor?: string } = {}): Promise<number> {
    assertSubject(subject);
    const { except = null, reason = LOGOUT_ALL } = options;
    if (except !== null && !isUuid(except)) throw new TypeError('except must be the id of a session');
    const context = { reason: assertName('reason', reason), actor: actorOf(options), device: deviceOf(options) };
    return this.revocation.revokeAll(subject, context, except);
  }

  /**
   * A subject's live sessions, newest first, at most 1000.
   *
   * @throws TypeError when `subject` is unusable
   * @throws JwtRefreshError `temporarily_unavailable`
   */
  sessions(subject: string): Promise<RefreshToken[]> {
    return this.sessionService.findLive(subject);
  }

  /**
   * Checks an access token and its session the way the guard does by default, `revocation.superseded` included.
   *
   * @throws JwtRefreshError `access_token_invalid`, `access_token_expired`, `access_token_revoked`, `temporarily_unavailable`
   */
  verifyAccessToken(jwt: string): Promise<AccessTokenClaims> {
    return this.authentication.authenticate(jwt);
  }

  /** How well this node knows what was revoked elsewhere, for a health check or a metric. */
  revocationFeed(): RevocationFeedStatus {
    return this.feed.status;
  }
}

function actorOf({ actor }: { actor?: string }): string | null {
  return actor === undefined ? null : assertName('actor', actor);
}
