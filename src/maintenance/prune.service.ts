import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { AuditStore } from '../audit/audit.store';
import { JwtRefreshEvents, type JwtRefreshEventType } from '../events/jwt-refresh-events';
import { newId } from '../ids';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type PruneBounds, RefreshTokenStore } from '../sessions/refresh-token.store';
import { Database } from '../storage/database';

/** What a prune has deleted. */
export interface PruneReport {
  /** Token families. */
  readonly families: number;
  /** Lines of the audit log. */
  readonly events: number;
}

/**
 * Deletes what nobody needs: families that can neither be refreshed nor tell a theft any more, and old lines of the audit log.
 * It runs by itself every {@link PruneOptions.every}; call it where a scheduler of the host's should decide.
 */
@Injectable()
export class PruneService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly database: Database,
    private readonly tokens: RefreshTokenStore,
    private readonly audit: AuditStore,
    private readonly events: JwtRefreshEvents,
  ) {}

  /**
   * Prunes now, in small batches, working a quarter of the time at most. Of all nodes that are told to, one does it.
   *
   * @param signal stops it after the batch at hand
   * @returns null when another node is at it
   * @throws JwtRefreshError `temporarily_unavailable`; what was deleted stays deleted, and the next run does the rest
   */
  async run(signal?: AbortSignal): Promise<PruneReport | null> {
    const report = await this.database.whileLocked(`${this.tokens.tableName}.prune`, async () => ({
      families: await this.pruneFamilies(signal),
      events: await this.pruneEvents(signal),
    }));
    if (report && report.families + report.events > 0) this.tell(report);
    return report;
  }

  private async pruneFamilies(signal?: AbortSignal): Promise<number> {
    const bounds = this.bounds();
    const pause = pauses();
    let deleted = 0;
    for await (const ids of this.tokens.walkPrunable(bounds)) {
      if (signal?.aborted) break;
      if (ids.length > 0) deleted += await this.tokens.prune(ids, bounds);
      await pause();
    }
    return deleted;
  }

  private async pruneEvents(signal?: AbortSignal): Promise<number> {
    const { rotationsFor, eventsFor } = this.options.audit;
    return (
      (await this.pruneEventsOf('refresh_token.rotated', rotationsFor, signal)) +
      (await this.pruneEventsOf('refresh_token.retried', rotationsFor, signal)) +
      (await this.pruneEventsOf(null, eventsFor, signal))
    );
  }

  private async pruneEventsOf(type: JwtRefreshEventType | null, keptFor: number, signal?: AbortSignal): Promise<number> {
    const before = new Date(this.options.clock.now() - keptFor * 1000);
    const pause = pauses();
    let deleted = 0;
    for (let batch = 1; batch > 0 && !signal?.aborted; deleted += batch) {
      batch = await this.audit.deleteOldest(before, type);
      await pause();
    }
    return deleted;
  }

  /** A token of an older system may be taken over until its session's absolute end, and is refused for its row alone. */
  private bounds(): PruneBounds {
    const before = new Date(this.options.clock.now() - this.options.prune.keepFor * 1000);
    return { before, idleToo: !this.options.hooks.adoptLegacyToken };
  }

  private tell(report: PruneReport): void {
    const now = this.options.clock.now();
    this.events.emit({ id: newId(now), type: 'maintenance.pruned', at: new Date(now), device: null, details: { ...report } });
  }
}

/** How many times as long as its work a pause is. */
const PAUSE_FACTOR = 3;

/** Each call leaves the database to the others, for longer than it was worked on since the last one. */
function pauses(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    await wait((performance.now() - since) * PAUSE_FACTOR);
    since = performance.now();
  };
}
