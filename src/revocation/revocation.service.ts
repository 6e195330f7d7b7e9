import { Inject, Injectable } from '@nestjs/common';
import { AuditStore } from '../audit/audit.store';
import { describeEvent } from '../events/describe-event';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import type { RefreshTokenReused, RefreshTokenRevoked } from '../events/refresh-token-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { REUSE_REASON } from '../rotation/rotation.policy';
import type { DeviceInfo } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import { RefreshTokenStore, type Revocation } from '../sessions/refresh-token.store';
import { Database } from '../storage/database';
import { DurableReads } from '../storage/durable-reads';
import { RevocationFeed } from './revocation-feed';

/** The reason of what ends with all others of its subject, unless the host gives another. */
export const LOGOUT_ALL = 'logout_all';

/** Why a family is revoked, by whom, and from where. */
export interface RevocationContext {
  readonly reason: string;
  /** @default null: the module itself */
  readonly actor?: string | null;
  readonly device?: DeviceInfo | null;
}

/**
 * Ends families: rows stay, with when, why and by whom. Revoking twice changes nothing; who finds nothing left to end is told
 * so when that lasts.
 */
@Injectable()
export class RevocationService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly database: Database,
    private readonly store: RefreshTokenStore,
    private readonly audit: AuditStore,
    private readonly events: JwtRefreshEvents,
    private readonly feed: RevocationFeed,
    private readonly durableReads: DurableReads,
  ) {}

  /** @returns whether this call revoked it */
  async revoke(session: RefreshToken, context: RevocationContext): Promise<boolean> {
    const revocation = this.revocationFor(context);
    const revoked = await this.store.revoke(session.id, revocation);
    if (revoked) this.tellRevoked(session, context);
    else await this.learnRevoked(session, revocation);
    return revoked;
  }

  /** Stores a session that has ended already. @throws DuplicateKeyError when there is one of that id */
  async insertRevoked(session: RefreshToken, context: RevocationContext): Promise<void> {
    await this.store.insert(Object.assign(session, this.revocationFor(context)));
    this.tellRevoked(session, context);
  }

  /** Ends all of a subject's families. @returns how many this call revoked */
  async revokeAll(subject: string, context: RevocationContext, except: string | null = null): Promise<number> {
    const revocation = this.revocationFor(context);
    // One commit, or a failure in between would leave sessions revoked and nobody told.
    const revoked = await this.database.transaction(async (run) => {
      const count = await this.store.revokeAll(subject, revocation, except, run);
      return count > 0 ? this.store.findRevoked(subject, revocation, run) : [];
    });
    if (revoked.length === 0) await this.durableReads.settle();
    for (const session of revoked) this.tellRevoked(session, context);
    return revoked.length;
  }

  /** Ends families for an administrator; their lines in the audit log are part of the commit. @returns the ids this call revoked */
  async revokeBatch(sessions: readonly RefreshToken[], context: RevocationContext & { actor: string }): Promise<string[]> {
    if (sessions.length === 0) return [];
    const revocation = { ...this.revocationFor(context), revokedBy: context.actor };
    const events = new Map(sessions.map((session) => [session.id, this.revokedEvent(session, context)]));
    const revoked = await this.database.transaction(async (run) => {
      const ids = await this.store.revokeMany([...events.keys()].sort(), revocation, run);
      if (ids.length > 0) await this.audit.append(ids.map((id) => events.get(id) as RefreshTokenRevoked), run); // prettier-ignore
      return ids;
    });
    if (revoked.length === 0) await this.durableReads.settle();
    for (const id of revoked) this.events.emit(events.get(id) as RefreshTokenRevoked);
    return revoked;
  }

  /** Ends a family whose spent token came back, and records it in the same commit. Only the first to notice does. */
  async revokeForReuse(session: RefreshToken, presentedGeneration: number, device: DeviceInfo | null): Promise<void> {
    const event: RefreshTokenReused = {
      ...describeEvent(session, this.options.clock.now(), device),
      type: 'refresh_token.reused',
      presentedGeneration,
      reason: presentedGeneration === session.generation - 1 ? 'late_retry' : 'replayed',
    };
    const revoked = await this.database.transaction(async (run) => {
      const first = await this.store.revoke(session.id, this.revocationFor({ reason: REUSE_REASON }), run);
      if (first) await this.audit.append([event], run);
      return first;
    });
    if (revoked) this.events.emit(event);
    else await this.durableReads.settle();
  }

  /** Somebody was first; or this node was, and its answer was lost: then nobody has told it. */
  private async learnRevoked({ id }: RefreshToken, { revokedAt }: Revocation): Promise<void> {
    await this.durableReads.settle();
    this.feed.remember(id, revokedAt.getTime());
  }

  private revocationFor({ reason, actor = null }: RevocationContext): Revocation {
    return { revokedAt: new Date(this.options.clock.now()), revokedReason: reason, revokedBy: actor };
  }

  private tellRevoked(session: RefreshToken, context: RevocationContext): void {
    this.events.emit(this.revokedEvent(session, context));
  }

  private revokedEvent(session: RefreshToken, { reason, actor = null, device = null }: RevocationContext): RefreshTokenRevoked {
    return { ...describeEvent(session, this.options.clock.now(), device), type: 'refresh_token.revoked', reason, actor };
  }
}
