import { setImmediate as nextTurn } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import type { JwtRefreshEvent } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { DuplicateKeyError } from '../storage/database';
import { AuditStore } from './audit.store';

const BATCH_SIZE = 200;
const BATCH_PAUSE_MS = 100;

/**
 * Writes events to the audit log in batches, off the way of the answers. While the database is away events wait, up to
 * `audit.queueLimit`.
 */
@Injectable()
export class AuditQueue implements BeforeApplicationShutdown {
  private readonly logger = new Logger('JwtRefresh');
  private readonly waiting: JwtRefreshEvent[] = [];
  /** What is being written. It is tried again as it is: with others added, a duplicate would tell nothing of those. */
  private batch: JwtRefreshEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  /** Events that the log will never have, since it last took some. */
  private lost = 0;
  /** Whether the app goes down: then a batch that fails is not tried again, for its database may be gone for good. */
  private isClosing = false;
  private writing: Promise<void> = Promise.resolve();
  /** Whoever asks while something is being written waits for the same next time. */
  private next: Promise<void> | undefined;

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: AuditStore,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await this.flush();
    this.lost += this.batch.length + this.waiting.length;
    this.tellLost();
  }

  /** Writes everything that waits. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      return this.writeAll();
    });
    return (this.writing = this.next);
  }

  add(event: JwtRefreshEvent): void {
    if (this.waiting.length >= Math.max(1, this.options.audit.queueLimit - this.batch.length)) this.dropOldest();
    this.waiting.push(event);
    // Requests that are answered while the app goes down leave no time to wait.
    if (this.isClosing) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), BATCH_PAUSE_MS).unref();
  }

  private dropOldest(): void {
    this.waiting.shift();
    if (this.lost++ === 0) this.logger.warn(`The audit queue is full (${this.options.audit.queueLimit}): its oldest events are dropped`);
  }

  private tellLost(): void {
    if (this.lost > 0) this.logger.warn(`${this.lost} event(s) did not reach the audit log`);
    this.lost = 0;
  }

  private async writeAll(): Promise<void> {
    while (this.batch.length > 0 || this.waiting.length > 0) {
      if (this.batch.length === 0) this.batch = this.waiting.splice(0, BATCH_SIZE);
      try {
        await this.store.append(this.batch);
      } catch (error) {
        // A duplicate means that an earlier try was committed and only its answer was lost.
        if (!(error instanceof DuplicateKeyError)) return this.retryLater();
      }
      this.batch = [];
      this.tellLost();
      // SQLite answers at once: without a pause nobody else would get a turn until all is written.
      await nextTurn();
    }
  }

  private retryLater(): void {
    if (!this.isClosing) this.timer ??= setTimeout(() => void this.flush(), BATCH_PAUSE_MS * 10).unref();
  }
}
