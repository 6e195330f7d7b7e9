import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError, type JwtRefreshErrorCode } from '../errors';
import { describeEvent } from '../events/describe-event';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import type { RefreshTokenRefused } from '../events/refresh-token-events';
import type { HostClaims } from '../hooks';
import { mayUse } from '../oauth/oauth-clients';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationService } from '../revocation/revocation.service';
import { isAbandoned } from '../sessions/abandoned-request';
import type { DeviceInfo, DeviceRequest } from '../sessions/device-info';
import { RefreshToken } from '../sessions/refresh-token.entity';
import { RefreshTokenStore, type RotationChange } from '../sessions/refresh-token.store';
import { DurableReads } from '../storage/durable-reads';
import { ThrottleService } from '../throttling/throttle.service';
import { hashSecret, matchesHash, nextSecret, rotationNonce } from '../tokens/ratchet';
import type { DecodedRefreshToken } from '../tokens/refresh-token.codec';
import { withScope } from '../tokens/scope';
import { type HostAdditions, TokenMinter } from '../tokens/token-minter';
import type { TokenPair } from '../tokens/token-pair';
import { type Acceptance, decideRotation, isInGrace, type PresentedToken, type Refusal } from './rotation.policy';
import { RefreshHooks } from './refresh-hooks';

type Judgement = { readonly asked: number } & ({ session: RefreshToken; verdict: Acceptance } | { session: RefreshToken | null; verdict: Refusal });

/** A token that may be exchanged, its row, and the claims that the account adds. */
export interface Admission {
  /** When the request came, milliseconds since 1970. */
  readonly asked: number;
  readonly session: RefreshToken;
  readonly verdict: Acceptance;
  readonly claims: HostClaims;
}

/** Who presents a refresh token, and what for. */
export interface RotationContext {
  readonly device: DeviceInfo | null;
  /** When the request came, milliseconds since 1970. */
  readonly asked: number;
  /** The framework's request, to see whether its client is still there. @default none */
  readonly request?: DeviceRequest;
  /** The OAuth client that has proved who it is. @default none */
  readonly clientId?: string;
  /** The scope of this one access token. @default the session's */
  readonly scope?: string;
}

const REFUSAL_CODES: Record<Refusal, JwtRefreshErrorCode> = {
  reuse: 'refresh_token_reused',
  expired: 'refresh_token_expired',
  revoked: 'refresh_token_revoked',
  unknown: 'refresh_token_invalid',
  ahead: 'refresh_token_invalid',
};

/** The cause of a refusal that is no verdict on the token: the host does not let the account in now. */
export const SUBJECT_REFUSED = 'subject_refused';
/** Another one: the family is another OAuth client's. */
export const CLIENT_REFUSED = 'client_refused';

/** A loser reads the row again and then nearly always sees a retry; more than a few losses mean trouble. */
const MAX_ATTEMPTS = 5;
/** Where statements take seconds, the client asks again rather than wait for another round. */
const LATEST_ATTEMPT_MS = 3000;
/** How stale `lastUsed` of a key that does not rotate may get, so that a busy key is not a busy row. */
const TOUCH_INTERVAL_MS = 60_000;

/** Exchanges refresh tokens: read the row, decide, then one conditional UPDATE. */
@Injectable()
export class RotationService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
    private readonly minter: TokenMinter,
    private readonly revocation: RevocationService,
    private readonly hooks: RefreshHooks,
    private readonly throttle: ThrottleService,
    private readonly durableReads: DurableReads,
    private readonly events: JwtRefreshEvents,
  ) {}

  /** @throws JwtRefreshError `refresh_token_*`, `scope_invalid`, `too_many_requests` or `temporarily_unavailable` */
  async rotate(token: DecodedRefreshToken, context: RotationContext): Promise<TokenPair> {
    const latest = performance.now() + LATEST_ATTEMPT_MS;
    for (let attempt = 0; attempt < MAX_ATTEMPTS && performance.now() <= latest; attempt++) {
      const admission = await this.admit(token, context);
      if (attempt === 0 && this.mayWait(admission)) await this.throttle.countRefresh(admission.session.id);
      const pair = await this.exchange(admission, token, context.device);
      if (pair) return pair;
    }
    throw new JwtRefreshError('temporarily_unavailable');
  }

  /** A retry may not: held up until the grace period is over, it would be a reuse. */
  private mayWait({ session, verdict, asked }: Admission): boolean {
    return verdict === 'rotate' || !isInGrace(session, asked, this.options.refreshToken);
  }

  /** Lets a token in that could be exchanged now; a replayed one revokes its family. @throws JwtRefreshError `refresh_token_*`, `scope_invalid` */
  async admit(token: DecodedRefreshToken, { asked, device, request, clientId, scope }: RotationContext): Promise<Admission> {
    const judgement = await this.judge(token, asked);
    if (tellsOfOthers(judgement)) await this.durableReads.settle();
    if (judgement.session) this.assertClient(judgement.session, clientId ?? null, token, device);
    if (!isAccepted(judgement)) throw await this.refuse(judgement, token, { device, request });
    const claims = await this.hooks.resolveSubject(judgement.session);
    if (claims) return { ...judgement, claims: withScope(judgement.session.content, claims, scope) };
    this.tellRefused(judgement.session, token, SUBJECT_REFUSED, device);
    throw new JwtRefreshError('refresh_token_invalid', {}, { cause: SUBJECT_REFUSED });
  }

  /** The session whose current token this is, if it could be exchanged now. Whatever the verdict, it is not carried out. */
  async findCurrent(token: DecodedRefreshToken): Promise<RefreshToken | null> {
    const { session, verdict } = await this.judge(token, this.options.clock.now());
    return verdict === 'rotate' ? session : null;
  }

  /** Comes before a verdict is carried out: what a wrong client presents says nothing about the family. */
  private assertClient(session: RefreshToken, clientId: string | null, token: DecodedRefreshToken, device: DeviceInfo | null): void {
    if (mayUse(this.options.oauth.clients, clientId, session.audience)) return;
    this.tellRefused(session, token, CLIENT_REFUSED, device);
    throw new JwtRefreshError('refresh_token_invalid', {}, { cause: CLIENT_REFUSED });
  }

  private async judge(token: DecodedRefreshToken, asked: number): Promise<Judgement> {
    const session = await this.store.findById(token.familyId);
    const presented: PresentedToken = { generation: token.generation, lineage: session ? this.lineageOf(session, token) : 'stranger' };
    const moments = { asked, now: this.options.clock.now() };
    return { asked, session, verdict: decideRotation(session, presented, moments, this.options.refreshToken) } as Judgement;
  }

  /** Carries out a refusal: a reuse revokes the family, in a commit of its own, before anybody is told. */
  private async refuse(
    { session, verdict }: Judgement & { verdict: Refusal },
    token: DecodedRefreshToken,
    context: Pick<RotationContext, 'device' | 'request'>,
  ) {
    const { device, request } = context;
    if (session && verdict !== 'reuse') this.tellRefused(session, token, verdict, device);
    if (session && verdict === 'reuse' && !session.revokedAt) {
      // A request that its client gave up long ago says nothing of a theft: the client has gone on with the successor.
      if (await isAbandoned(request)) return new JwtRefreshError('temporarily_unavailable');
      await this.revocation.revokeForReuse(session, token.generation, device);
    }
    return new JwtRefreshError(REFUSAL_CODES[verdict]);
  }

  private async exchange(admission: Admission, token: DecodedRefreshToken, device: DeviceInfo | null): Promise<TokenPair | null> {
    const { asked, session, verdict, claims } = admission;
    const additions = { claims, members: await this.hooks.responseMembers(session) };
    if (!session.rotates) return this.useAgain(session, token, asked, additions);
    const successor = verdict === 'retry' ? this.successorOf(session, token) : await this.advance(session, token);
    if (!successor) return null;
    this.tellExchanged(successor.session, admission, device);
    if (verdict === 'rotate') await this.hooks.afterRotate(successor.session);
    return this.minter.mint(successor.session, successor.secret, asked, additions);
  }

  /** Moves the family one generation on; null when somebody else was first. */
  private async advance(session: RefreshToken, token: DecodedRefreshToken): Promise<{ session: RefreshToken; secret: Buffer } | null> {
    await this.hooks.beforeRotate(session);
    const keys = this.minter.currentKeys;
    const now = this.options.clock.now();
    const nonce = rotationNonce();
    const secret = nextSecret(keys, session.id, session.generation + 1, token.secret, nonce);
    const change: RotationChange = {
      tokenHash: hashSecret(secret),
      generation: session.generation + 1,
      rotationNonce: nonce,
      secretId: keys.id,
      rotatedAt: new Date(now),
      lastUsed: new Date(now),
      expiresAt: new Date(Math.min(now + session.lifetime * 1000, session.endsAt.getTime())),
    };
    const moved = await this.store.rotate(session, change, () => this.restartGrace(session.id, change));
    return moved ? { session: Object.assign(new RefreshToken(), session, change), secret } : null;
  }

  /** The database held a rotation back until its request had been given up: nobody has the successor, so the time to ask for it begins now. */
  private restartGrace(id: string, change: RotationChange): void {
    this.store.restartGrace(id, change, new Date(this.options.clock.now())).catch(() => undefined);
  }

  /** The successor that the predecessor got before: the same secret, because it is derived from the same row. */
  private successorOf(session: RefreshToken, token: DecodedRefreshToken): { session: RefreshToken; secret: Buffer } | null {
    const keys = this.minter.findKeys(session.secretId);
    if (!keys || !session.rotationNonce) return null;
    return { session, secret: nextSecret(keys, session.id, session.generation, token.secret, session.rotationNonce) };
  }

  /** A key that does not rotate: the same token goes back. */
  private async useAgain(session: RefreshToken, token: DecodedRefreshToken, asked: number, additions: HostAdditions): Promise<TokenPair> {
    const now = this.options.clock.now();
    if (now - (session.lastUsed?.getTime() ?? 0) >= TOUCH_INTERVAL_MS) await this.store.touch(session.id, new Date(now));
    return this.minter.mint(session, token.secret, asked, additions);
  }

  private lineageOf(session: RefreshToken, token: DecodedRefreshToken): PresentedToken['lineage'] {
    if (token.generation === session.generation) return matchesHash(token.secret, session.tokenHash) ? 'current' : 'stranger';
    if (token.generation !== session.generation - 1) return 'stranger';
    const successor = this.successorOf(session, token);
    return successor && matchesHash(successor.secret, session.tokenHash) ? 'predecessor' : 'stranger';
  }

  private tellExchanged(session: RefreshToken, { verdict, asked }: Admission, device: DeviceInfo | null): void {
    const base = describeEvent(session, this.options.clock.now(), device);
    if (verdict === 'rotate') return this.events.emit({ ...base, type: 'refresh_token.rotated' });
    this.events.emit({ ...base, type: 'refresh_token.retried', reason: isInGrace(session, asked, this.options.refreshToken) ? null : 'unconfirmed' });
  }

  private tellRefused(session: RefreshToken, token: DecodedRefreshToken, reason: RefreshTokenRefused['reason'], device: DeviceInfo | null): void {
    const base = describeEvent(session, this.options.clock.now(), device);
    this.events.emit({ ...base, type: 'refresh_token.refused', presentedGeneration: token.generation, reason });
  }
}

/** Whether the verdict makes known what another request has done. */
function tellsOfOthers({ session, verdict }: Judgement): boolean {
  return verdict === 'retry' || Boolean(session?.revokedAt);
}

function isAccepted(judgement: Judgement): judgement is Extract<Judgement, { verdict: Acceptance }> {
  return judgement.verdict === 'rotate' || judgement.verdict === 'retry';
}
