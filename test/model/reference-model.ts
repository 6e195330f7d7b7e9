/**
 * What the module promises, in the plainest words: families in memory and one clock. No tokens, no database, no races.
 * Instants are milliseconds since 1970.
 */
export interface Rules {
  readonly graceSeconds: number;
  readonly idleSeconds: number;
  readonly absoluteSeconds: number;
  readonly accessSeconds: number;
  readonly sessionLimit: number;
  readonly check: 'bounded' | 'strict';
  /** Whether a refresh ends the access tokens from before it. */
  readonly endsSuperseded: boolean;
  /** How long a predecessor may come back while nobody has used its successor. */
  readonly confirmSeconds: number;
  /** How long a family is kept that has ended. */
  readonly keepSeconds: number;
}

/** What a request may answer: a generation of the family it was sent for, or why not. */
export type Verdict = { readonly generation: number } | { readonly refused: string };

/** An access token: of which generation, and when it ends in seconds. */
export interface Pass {
  readonly generation: number;
  readonly end: number;
}

/** Never less than what clocks that differ and leeways add to an access token's end. */
export const LEAST_KEPT_SECONDS = 15;

const seconds = (instant: number): number => Math.floor(instant / 1000);

/** How stale `lastUsed` of a key that does not rotate may be. */
const TOUCH_MS = 60_000;

/** One login on one device, or one key. */
export class Family {
  generation = 0;
  rotatedAt: number | null = null;
  lastUsed: number | null = null;
  expiresAt: number;
  readonly endsAt: number;
  revoked: { readonly at: number; readonly reason: string; readonly by: string | null } | null = null;
  readonly events = ['issued'];
  readonly passes: Pass[] = [];
  /** The newest generation that somebody was seen to use. */
  confirmed = 0;
  /** The newest generation whose token has reached the client. */
  held = 0;
  isPruned = false;

  constructor(
    private readonly rules: Rules,
    readonly user: number,
    readonly kind: 'session' | 'key',
    readonly rotates: boolean,
    readonly createdAt: number,
  ) {
    this.endsAt = createdAt + rules.absoluteSeconds * 1000;
    this.expiresAt = this.idleEndFrom(createdAt);
    if (kind === 'session') this.openPass(createdAt);
  }

  /** Its refresh token of a generation is presented. */
  present(generation: number, now: number): Verdict {
    if (this.isPruned) return { refused: 'refresh_token_invalid' };
    if (this.revoked) return this.revoked.reason === 'reuse' && generation < this.generation ? this.isReused() : this.isRefused('revoked');
    if (!this.lives(now)) return this.isRefused('expired');
    if (!this.rotates) return this.isUsedAgain(now);
    if (generation === this.generation) return this.advances(now);
    if (generation === this.generation - 1 && this.mayRetry(now)) return this.isRetried(now);
    this.revoke('reuse', null, now, 'reused');
    return this.isReused();
  }

  /** An access token of it is shown. */
  show(pass: Pass, now: number): Verdict {
    if (seconds(now) >= pass.end) return { refused: 'access_token_expired' };
    if (!this.lives(now)) return { refused: 'access_token_revoked' };
    if (this.rules.endsSuperseded && pass.generation < this.generation) return { refused: 'access_token_expired' };
    return { generation: pass.generation };
  }

  /** Whether somebody who shows an access token has logged out everywhere before: asking again changes nothing and is no mistake. */
  hasLoggedOutWithAll(pass: Pass, now: number): boolean {
    return this.revoked?.reason === 'logout_all' && !this.isPruned && seconds(now) < pass.end;
  }

  /** The newest access token was let in: its client has the newest refresh token too. */
  confirm(pass: Pass): void {
    this.confirmed = Math.max(this.confirmed, pass.generation);
  }

  lives(now: number): boolean {
    return !this.revoked && now < this.expiresAt;
  }

  /** Once, and for ever. @returns whether this did it */
  revoke(reason: string, by: string | null, now: number, event = 'revoked'): boolean {
    if (this.revoked || this.isPruned) return false;
    this.revoked = { at: now, reason, by };
    this.events.push(event);
    return true;
  }

  /** Deletes it when it has been over for long enough. One that was revoked can tell a theft until its absolute end. */
  prune(now: number): void {
    const end = this.revoked ? this.endsAt : this.expiresAt;
    if (end < now - Math.max(this.rules.keepSeconds, LEAST_KEPT_SECONDS) * 1000) this.isPruned = true;
  }

  private mayRetry(now: number): boolean {
    const since = (now - this.rotatedAt!) / 1000;
    return since < this.rules.graceSeconds || (this.confirmed < this.generation && since < this.rules.confirmSeconds);
  }

  private advances(now: number): Verdict {
    this.generation++;
    this.rotatedAt = this.lastUsed = now;
    this.expiresAt = this.idleEndFrom(now);
    this.events.push('rotated');
    return this.openPass(now);
  }

  private isRetried(now: number): Verdict {
    this.events.push('retried');
    return this.openPass(now);
  }

  private isUsedAgain(now: number): Verdict {
    if (now - (this.lastUsed ?? 0) >= TOUCH_MS) this.lastUsed = now;
    return this.openPass(now);
  }

  private isRefused(why: string): Verdict {
    this.events.push('refused');
    return { refused: `refresh_token_${why}` };
  }

  private isReused(): Verdict {
    return { refused: 'refresh_token_reused' };
  }

  private openPass(now: number): Verdict {
    this.passes.push({ generation: this.generation, end: Math.min(seconds(now) + this.rules.accessSeconds, seconds(this.expiresAt)) });
    return { generation: this.generation };
  }

  /** Idle time begins anew with each rotation; the absolute end stands. */
  private idleEndFrom(now: number): number {
    return this.kind === 'key' ? this.endsAt : Math.min(now + this.rules.idleSeconds * 1000, this.endsAt);
  }
}

/** Everybody's families, oldest first. */
export class ReferenceModel {
  readonly families: Family[] = [];

  constructor(
    readonly rules: Rules,
    public now: number,
  ) {}

  logIn(user: number): Family {
    const family = this.add(new Family(this.rules, user, 'session', true, this.now));
    const lastUse = ({ lastUsed, createdAt }: Family): number => lastUsed ?? createdAt;
    const live = this.sessionsOf(user).sort((a, b) => lastUse(b) - lastUse(a));
    for (const surplus of live.slice(this.rules.sessionLimit)) surplus.revoke('session_limit', null, this.now);
    return family;
  }

  makeKey(user: number, rotates: boolean): Family {
    return this.add(new Family(this.rules, user, 'key', rotates, this.now));
  }

  /** A user's live sessions, newest first. */
  sessionsOf(user: number): Family[] {
    return this.families.filter((family) => family.user === user && family.kind === 'session' && family.lives(this.now)).reverse();
  }

  revokeAll(user: number, reason: string, by: string, except?: Family): void {
    for (const family of this.families) if (family.user === user && family !== except) family.revoke(reason, by, this.now);
  }

  private add(family: Family): Family {
    this.families.push(family);
    return family;
  }
}
