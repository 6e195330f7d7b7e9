import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JwtRefreshEvents } from '../events/jwt-refresh-events';
import type { RefreshTokenEvent } from '../events/refresh-token-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { DuplicateKeyError } from '../storage/database';
import { AuditStore } from './audit.store';

const BATCH_SIZE = 200;
const BATCH_PAUSE_MS = 100;

/**
 * Writes events to the audit log in batches, off the way of the answers. While the database is away events wait, up to
 * `audit.queueLimit`. Reuse events are not written here: they are part of the commit that revokes.
 */
@Injectable()
export class AuditListener implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('JwtRefresh');
  private readonly waiting: RefreshTokenEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly events: JwtRefreshEvents,
    private readonly store: AuditStore,
  ) {}

  onModuleInit(): void {
    if (this.options.audit.enabled) this.events.onAny((event) => this.take(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Writes everything that waits. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  private take(event: RefreshTokenEvent): void {
    if (event.type === 'refresh_token.reused') return;
    if (this.waiting.length >= this.options.audit.queueLimit) this.dropOldest();
    this.waiting.push(event);
    this.timer ??= setTimeout(() => void this.flush(), BATCH_PAUSE_MS).unref();
  }

  private dropOldest(): void {
    const dropped = this.waiting.shift();
    this.logger.warn(`The audit queue is full (${this.options.audit.queueLimit}); dropped one ${dropped?.type}`);
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, BATCH_SIZE);
      try {
        await this.store.append(batch);
      } catch (error) {
        // A duplicate means that an earlier try was committed and only its answer was lost.
        if (error instanceof DuplicateKeyError) continue;
        this.waiting.unshift(...batch);
        this.timer ??= setTimeout(() => void this.flush(), BATCH_PAUSE_MS * 10).unref();
        return;
      }
    }
  }
}
