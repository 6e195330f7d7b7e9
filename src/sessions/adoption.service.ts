import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { JwtRefreshError } from '../errors';
import type { LegacySession } from '../hooks';
import { derivedId } from '../ids';
import { mayUse } from '../oauth/oauth-clients';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationService } from '../revocation/revocation.service';
import { AccessTokenBinding } from '../rotation/access-token-binding';
import { RefreshHooks } from '../rotation/refresh-hooks';
import { CLIENT_REFUSED, SUBJECT_REFUSED } from '../rotation/rotation.service';
import { DuplicateKeyError } from '../storage/database';
import { DurableReads } from '../storage/durable-reads';
import { ThrottleService } from '../throttling/throttle.service';
import { AccessTokenService } from '../tokens/access-token.service';
import { withScope } from '../tokens/scope';
import type { TokenPair } from '../tokens/token-pair';
import type { RefreshToken } from './refresh-token.entity';
import { RefreshTokenStore } from './refresh-token.store';
import { type IssueInput, type PreparedSession, SessionService } from './session.service';

/** What came with a legacy token. */
type Presentation = Pick<IssueInput, 'device' | 'request'> & { accessToken?: string; clientId?: string; scope?: string };

/** The cause of a refusal that is no verdict on the session: another request has the token pair. */
export const ALREADY_ADOPTED = 'already_adopted';

/** The cause of a refusal that is no verdict on the token: a refresh may exchange it for a session. */
export const NOT_ADOPTED = 'not_adopted';

/** Far more than any JWT needs; the hook sees nothing longer. */
const MAX_TOKEN_LENGTH = 8192;

/** Takes over sessions of the host's old tokens. The primary key lets each token in once: its family's id is made from it. */
@Injectable()
export class AdoptionService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly hooks: RefreshHooks,
    private readonly sessions: SessionService,
    private readonly store: RefreshTokenStore,
    private readonly revocation: RevocationService,
    private readonly binding: AccessTokenBinding,
    private readonly accessTokens: AccessTokenService,
    private readonly throttle: ThrottleService,
    private readonly durableReads: DurableReads,
  ) {}

  /** @throws JwtRefreshError `refresh_token_invalid`, `refresh_token_expired`, `access_token_invalid`, `scope_invalid`, `temporarily_unavailable` */
  async adopt(token: unknown, presentation: Presentation): Promise<TokenPair> {
    const prepared = await this.recognise(token, presentation);
    if (!prepared) throw new JwtRefreshError('refresh_token_invalid');
    const { session } = prepared;
    if (!this.mayUse(session, presentation.clientId ?? null)) throw new JwtRefreshError('refresh_token_invalid', {}, { cause: CLIENT_REFUSED });
    await this.binding.assertUnbound(presentation.accessToken ?? null);
    if (this.options.clock.now() >= session.endsAt.getTime()) throw new JwtRefreshError('refresh_token_expired');
    const claims = await this.hooks.resolveSubject(session);
    if (!claims) throw new JwtRefreshError('refresh_token_invalid', {}, { cause: SUBJECT_REFUSED });
    const added = withScope(session.content, claims, presentation.scope);
    const members = await this.hooks.responseMembers(session);
    if (!(await this.spend(() => this.store.insert(session)))) throw new JwtRefreshError('refresh_token_invalid', {}, { cause: ALREADY_ADOPTED });
    return this.sessions.open(prepared, 'adopted', { claims: added, members });
  }

  /**
   * Spends a token at logout: its session is stored as one that has ended.
   *
   * @param by whose session it must be, and which OAuth client's, null for no client; left out, anybody's
   * @returns whether this call did
   */
  async revoke(token: unknown, presentation: Presentation, by: { subject?: string; clientId?: string | null } = {}): Promise<boolean> {
    const session = (await this.recognise(token, presentation))?.session;
    if (!session || (by.subject !== undefined && by.subject !== session.subject)) return false;
    if (by.clientId !== undefined && !this.mayUse(session, by.clientId)) return false;
    const context = { reason: 'logout', actor: session.subject, device: session.deviceInfo };
    return this.spend(() => this.revocation.insertRevoked(session, context));
  }

  private mayUse({ audience }: RefreshToken, clientId: string | null): boolean {
    return mayUse(this.options.oauth.clients, clientId, audience);
  }

  /** An access token is never shown to the hook: a host that kept its old secret would take it for one of its own tokens. */
  private async recognise(token: unknown, presentation: Presentation): Promise<PreparedSession | null> {
    const text = typeof token === 'string' && token.length <= MAX_TOKEN_LENGTH ? token : null;
    if (text !== null && (await this.accessTokens.findGenuine(text))) return null;
    await this.throttle.countInvalidToken(presentation.request);
    if (text === null || !this.options.hooks.adoptLegacyToken) return null;
    return this.hooks.adoptLegacyToken(text, presentation.request, (legacy) => this.prepare(text, legacy, presentation));
  }

  private prepare(token: string, legacy: LegacySession, presentation: Presentation): PreparedSession {
    const createdAt = this.assertPast(legacy.issuedAt);
    const origin = { id: derivedId(createdAt, digestOf(token, legacy)), createdAt, lastUsed: new Date(this.options.clock.now()) };
    return this.sessions.prepare({ ...legacy, device: presentation.device, request: presentation.request }, origin);
  }

  /** @returns milliseconds since 1970 @throws TypeError */
  private assertPast(issuedAt: unknown): number {
    const time = issuedAt instanceof Date ? issuedAt.getTime() : NaN;
    if (time >= 0 && time <= this.options.clock.now()) return time;
    throw new TypeError('issuedAt must be a Date that is not in the future');
  }

  /** @returns false when the token was spent before */
  private async spend(insert: () => Promise<void>): Promise<boolean> {
    try {
      await insert();
      return true;
    } catch (error) {
      if (!(error instanceof DuplicateKeyError)) throw error;
      await this.durableReads.settle();
      return false;
    }
  }
}

/** Not keyed: it must stay the same when the server's secret is changed. @throws TypeError */
function digestOf(token: string, { subject, tokenId }: LegacySession): Buffer {
  if (tokenId !== undefined && (typeof tokenId !== 'string' || tokenId === '')) throw new TypeError('tokenId must be a text');
  const unique = tokenId === undefined ? ['text', signedPartOf(token)] : ['id', tokenId];
  return createHash('sha256')
    .update(JSON.stringify([subject, ...unique]))
    .digest();
}

/** RFC 7515 §7.1: the signature covers the first two parts, to the letter. The signature itself has many spellings. */
function signedPartOf(token: string): string {
  const parts = token.split('.');
  return parts.length === 3 ? parts.slice(0, 2).join('.') : token;
}
