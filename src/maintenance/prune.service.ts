import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { AuditStore } from '../audit/audit.store';
import { goodAfterEnd } from '../clock';
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
      deleted += await inBatches(ids, (batch) => this.tokens.prune(batch, bounds), pause);
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
    for (let found = 1; found > 0 && !signal?.aborted;) {
      const ids = await this.audit.findOldest(before, type);
      deleted += await inBatches(ids, (batch) => this.audit.delete(batch), pause);
      found = ids.length;
      await pause();
    }
    return deleted;
  }

  /** A token of an older system may be taken over until its session's absolute end, and is refused for its row alone. */
  private bounds(): PruneBounds {
    // A node whose clock is behind may still be asked about what has just ended.
    const keptFor = Math.max(this.options.prune.keepFor * 1000, goodAfterEnd(this.options.accessToken));
    const before = new Date(this.options.clock.now() - keptFor);
    return { before, idleToo: !this.options.hooks.adoptLegacyToken };
  }

  private tell(report: PruneReport): void {
    const now = this.options.clock.now();
    this.events.emit({ id: newId(now), type: 'maintenance.pruned', at: new Date(now), device: null, details: { ...report } });
  }
}

/** A batch this small fails for another reason than its size. */
const SMALLEST_BATCH = 10;

type Remove = (batch: readonly string[]) => Promise<number>;

/** Deletes them at once, or where the database can't do so many in time, in halves, when it has had time to end what was late. */
async function inBatches(ids: readonly string[], remove: Remove, pause: () => Promise<void>): Promise<number> {
  if (ids.length === 0) return 0;
  try {
    return await remove(ids);
  } catch (error) {
    if (ids.length <= SMALLEST_BATCH) throw error;
    await pause();
    const middle = Math.ceil(ids.length / 2);
    return (await inBatches(ids.slice(0, middle), remove, pause)) + (await inBatches(ids.slice(middle), remove, pause));
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
