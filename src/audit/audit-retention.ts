import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { AuditStore } from './audit.store';

const INTERVAL_MS = 600_000;
const BATCH_SIZE = 1000;

/** Deletes rotations and retries that are old enough, in small batches; they are most of the audit log, and the least of its worth. */
@Injectable()
export class AuditRetention implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('JwtRefresh');
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: AuditStore,
  ) {}

  onModuleInit(): void {
    if (!this.options.audit.enabled) return;
    this.timer = setInterval(() => void this.run().catch(() => this.logger.warn('Old rotations could not be deleted now')), INTERVAL_MS).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** @returns how many lines were deleted */
  async run(): Promise<number> {
    const before = new Date(this.options.clock.now() - this.options.audit.rotationsFor * 1000);
    let deleted = 0;
    for (const type of ['refresh_token.rotated', 'refresh_token.retried'] as const) {
      for (let batch = BATCH_SIZE; batch === BATCH_SIZE; deleted += batch) batch = await this.store.deleteBefore(type, before, BATCH_SIZE);
    }
    return deleted;
  }
}
