import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CLOCKS_DIFFER_MS, goodAfterEnd } from '../clock';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RefreshTokenStore } from '../sessions/refresh-token.store';
import { DurableReads } from '../storage/durable-reads';
import { RevocationPush } from './revocation-push';
import { RevokedFamilies } from './revoked-families';

/** How well a node knows what was revoked elsewhere. */
export interface RevocationFeedStatus {
  /** Milliseconds since the state of the database that this node knows; null before the first look. */
  readonly lagMs: number | null;
  /** Whether `bounded` checks rely on memory now; otherwise they read the session's row. */
  readonly fresh: boolean;
  /** How many revoked families are remembered. */
  readonly families: number;
}

/** Whatever came later still is found by looking at everything again, this often. */
const WHOLE_LOOK_EVERY_MS = 60_000;
/** A node that has not looked for this many intervals does not rely on its memory. */
const STALE_AFTER_INTERVALS = 1.5;

/**
 * Knows in memory which families were revoked within the life of an access token, so that a `bounded` check asks no
 * database. The node that revokes knows at once; the others look at one index each `revocation.pollInterval`, or hear of it
 * over Redis.
 */
@Injectable()
export class RevocationFeed implements OnModuleInit, BeforeApplicationShutdown {
  private readonly families = new RevokedFamilies();
  /** By the process's steady clock: when the last complete look began. */
  private lookedAt = -Infinity;
  /** By the module's clock: the same. */
  private knownUpTo = -Infinity;
  /** By the process's steady clock: when the last complete look at everything began. */
  private wholeLookAt = -Infinity;
  private looking: Promise<void> | null = null;
  private lookingAtAll: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
    private readonly events: JwtRefreshEvents,
    private readonly push: RevocationPush,
    private readonly durableReads: DurableReads,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const type of ['refresh_token.revoked', 'refresh_token.reused'] as const) {
      this.events.on(type, ({ sessionId, at }) => this.learn(sessionId, at.getTime()));
    }
    this.push.onRevoked((id, revokedAt) => this.remember(id, revokedAt));
    if (this.options.revocation.check === 'bounded') await this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.looking;
    await this.lookingAtAll;
  }

  /** Whether memory may answer; a feed that nobody needed until now begins to look. */
  isFresh(): boolean {
    if (this.looking === null) void this.start();
    return this.knowsEnough;
  }

  /** Whether a family is known to be revoked. */
  has(id: string): boolean {
    return this.families.has(id);
  }

  get status(): RevocationFeedStatus {
    const lagMs = Number.isFinite(this.lagMs) ? Math.round(this.lagMs) : null;
    return { lagMs, fresh: this.knowsEnough, families: this.families.size };
  }

  /** Looks at what was revoked since the last time; at everything of the last access-token lifetime at first, and when the clock was set back. */
  async look(): Promise<void> {
    const begun = performance.now();
    const now = this.options.clock.now();
    const all = now - this.window;
    const since = now < this.knownUpTo ? all : Math.max(all, this.knownUpTo - CLOCKS_DIFFER_MS);
    await this.readSince(since);
    this.families.forget(all, now);
    this.lookedAt = begun;
    if (since === all) this.wholeLookAt = begun;
    this.knownUpTo = now;
  }

  /** A feed that nobody needs remembers nothing: it would never look, and never forget. Its first look finds what there is. */
  remember(id: string, revokedAt: number): void {
    if (this.looking !== null) this.families.add(id, revokedAt);
  }

  private get lagMs(): number {
    return performance.now() - this.lookedAt;
  }

  private get knowsEnough(): boolean {
    return this.lagMs <= this.interval * STALE_AFTER_INTERVALS;
  }

  /** What this node has revoked itself. */
  private learn(id: string, revokedAt: number): void {
    this.remember(id, revokedAt);
    this.push.tell(id, revokedAt);
  }

  private start(): Promise<void> {
    this.looking ??= this.lookAndGoOn();
    return this.looking;
  }

  private async lookAndGoOn(): Promise<void> {
    const begun = performance.now();
    await this.look().then(
      () => this.lookAtAllInTime(begun),
      // Leaves the feed to grow stale: then checks read rows, and tell the trouble there.
      () => undefined,
    );
    if (this.stopped) return;
    // The next look, if it takes as long, is done an interval after this one began: what is known never gets much older than that.
    const took = performance.now() - begun;
    const pause = Math.max(0, this.interval - 2 * took);
    this.timer = setTimeout(() => void (this.looking = this.lookAndGoOn()), pause).unref();
  }

  /** Beside the looks at what is new: everything may be much, and they are not to wait for it. */
  private lookAtAllInTime(now: number): void {
    if (this.lookingAtAll || now - this.wholeLookAt < WHOLE_LOOK_EVERY_MS) return;
    this.lookingAtAll = this.readSince(this.options.clock.now() - this.window)
      .then(
        () => void (this.wholeLookAt = now),
        () => undefined,
      )
      .finally(() => (this.lookingAtAll = null));
  }

  private async readSince(time: number): Promise<void> {
    for await (const page of this.store.walkRevokedSince(new Date(time))) {
      // What the database could forget again must not be remembered here.
      if (page.some(({ id }) => !this.families.has(id))) await this.durableReads.settle();
      for (const { id, revokedAt } of page) this.families.add(id, revokedAt);
    }
  }

  /**
   * How long a revoked family must be remembered: a token may have been signed in the moment of the revocation, by a clock as far
   * ahead as is allowed, and is accepted for the tolerance beyond its end.
   */
  private get window(): number {
    const { accessToken } = this.options;
    return accessToken.lifetime * 1000 + goodAfterEnd(accessToken);
  }

  private get interval(): number {
    return this.options.revocation.pollInterval * 1000;
  }
}
