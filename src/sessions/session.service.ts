import { Inject, Injectable } from '@nestjs/common';
import type { Duration } from '../duration';
import { describeEvent } from '../events/describe-event';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import type { RefreshTokenIssued } from '../events/refresh-token-events';
import type { HostClaims } from '../hooks';
import { assertLifetime, assertSubject } from '../names';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RevocationService } from '../revocation/revocation.service';
import { RefreshHooks } from '../rotation/refresh-hooks';
import { firstSecret, hashSecret } from '../tokens/ratchet';
import { type HostAdditions, TokenMinter } from '../tokens/token-minter';
import type { TokenPair } from '../tokens/token-pair';
import { deviceOf, type DeviceInfo, type DeviceRequest } from './device-info';
import { underFreeId } from './free-id';
import { type FamilyOrigin, type NewFamily, newRefreshToken } from './new-refresh-token';
import type { RefreshToken } from './refresh-token.entity';
import { MOST_LIVE, RefreshTokenStore } from './refresh-token.store';

/** What a session is made from. */
export interface IssueInput {
  /** The user's id as a text of 1 to 255 characters; the access token's `sub`. */
  subject: string;
  /** The access token's `aud`, 1 to 255 characters; it need not be in the option `audience`, and then only routes with `@Audience()` accept it. @default the first of the option `audience` */
  audience?: string;
  /** Idle lifetime of this session: from a second up to the option `refreshToken.maxLifetime`. @default the option `refreshToken.lifetime` */
  lifetime?: Duration;
  /** Claims for each access token of this session, at most 4096 bytes of JSON; registered claims are refused. @default none */
  content?: HostClaims;
  /** A name for people, at most 255 characters. @default none */
  label?: string;
  /** The device, if the host knows it better than the request does. @default read from `request` */
  device?: Partial<DeviceInfo>;
  /** The framework's request; its user agent and trusted address are remembered. */
  request?: DeviceRequest;
}

/** A session that is about to begin, and its first secret. */
export interface PreparedSession {
  readonly session: RefreshToken;
  readonly secret: Buffer;
  /** When it was made ready, milliseconds since 1970. */
  readonly at: number;
}

/** Begins and lists sessions. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
    private readonly minter: TokenMinter,
    private readonly revocation: RevocationService,
    private readonly hooks: RefreshHooks,
    private readonly events: JwtRefreshEvents,
  ) {}

  /** @throws TypeError when the input can't make a session; nothing is stored then */
  async issue(input: IssueInput): Promise<TokenPair> {
    const prepared = this.prepare(input);
    const members = await this.hooks.responseMembers(prepared.session);
    await underFreeId(prepared.session, (session) => this.store.insert(session));
    return this.open(prepared, null, { members });
  }

  /** A session that is not stored yet. @throws TypeError when the input can't make one */
  prepare(input: IssueInput, origin?: FamilyOrigin): PreparedSession {
    const secret = firstSecret();
    return { session: this.newSession(input, hashSecret(secret), origin), secret, at: this.options.clock.now() };
  }

  /** Tells of a session that is now stored, holds its subject to the limit, and gives the first tokens. */
  async open({ session, secret, at }: PreparedSession, reason: RefreshTokenIssued['reason'], additions: HostAdditions): Promise<TokenPair> {
    const base = describeEvent(session, this.options.clock.now(), session.deviceInfo);
    this.events.emit({ ...base, type: 'refresh_token.issued', actor: null, reason });
    // An old token is spent by now and can't be brought again: then one session too many is the lesser evil.
    await this.enforceLimit(session).catch((error) => {
      if (reason !== 'adopted') throw error;
    });
    return this.minter.mint(session, secret, at, additions);
  }

  /** A subject's live sessions, newest first, at most 1000. */
  async findLive(subject: string): Promise<RefreshToken[]> {
    assertSubject(subject);
    return this.store.findLive(subject, new Date(this.options.clock.now()));
  }

  private newSession(input: IssueInput, tokenHash: string, origin?: FamilyOrigin): RefreshToken {
    assertSubject(input.subject);
    const { lifetime: usual, maxLifetime } = this.options.refreshToken;
    const family: NewFamily = {
      kind: 'session',
      subject: input.subject,
      audience: input.audience ?? this.options.audiences[0],
      content: input.content,
      label: input.label,
      rotates: true,
      lifetime: input.lifetime === undefined ? usual : assertLifetime(input.lifetime, maxLifetime),
      maxLifetime,
      device: deviceOf(input),
      tokenHash,
      secretId: this.minter.currentKeys.id,
    };
    return newRefreshToken(family, this.options.clock.now(), origin);
  }

  /**
   * Ends the least recently used sessions beyond the limit. Runs after the insert, so of many simultaneous logins the last
   * one to look sees all of them; the order is the same for all, so they agree on who goes.
   */
  private async enforceLimit(begun: RefreshToken): Promise<void> {
    const { subject, deviceInfo } = begun;
    const limit = this.options.maxSessionsPerSubject;
    if (limit === Infinity) return;
    for (let read = MOST_LIVE; read === MOST_LIVE;) {
      const live = await this.store.findLive(subject, new Date(this.options.clock.now()));
      read = live.length;
      const beyond = live.sort(byLastUse(begun)).slice(limit);
      for (const surplus of beyond) await this.revocation.revoke(surplus, { reason: 'session_limit', device: deviceInfo });
    }
  }
}

/**
 * Most recently used first; ids are in time order and break ties. A use after the session that has just begun counts like one
 * at that moment: who refreshes during a login does not end it.
 */
function byLastUse(begun: RefreshToken): (a: RefreshToken, b: RefreshToken) => number {
  const used = (session: RefreshToken) => Math.min(lastUseOf(session), lastUseOf(begun));
  return (a, b) => used(b) - used(a) || (a.id < b.id ? 1 : -1);
}

function lastUseOf({ lastUsed, createdAt }: RefreshToken): number {
  return (lastUsed ?? createdAt).getTime();
}
