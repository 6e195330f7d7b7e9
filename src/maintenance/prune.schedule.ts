import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { PruneService } from './prune.service';

const LONGEST_GOODBYE_MS = 5000;

/** Prunes from time to time, each node at moments of its own. */
@Injectable()
export class PruneSchedule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('JwtRefresh');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly service: PruneService,
  ) {}

  /** Nodes that start together must not prune together, so the first time is anywhere within the interval. */
  onApplicationBootstrap(): void {
    if (this.options.prune.enabled) this.runAfter(Math.random());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    // A connection that never comes keeps no process.
    await Promise.race([this.running, wait(LONGEST_GOODBYE_MS, undefined, { ref: false })]);
  }

  private runAfter(intervals: number): void {
    const run = () => void (this.running = this.run());
    this.timer = setTimeout(run, this.options.prune.every * 1000 * intervals).unref();
  }

  private async run(): Promise<void> {
    await this.service.run(this.stopping.signal).catch(() => this.logger.warn('Old refresh tokens could not be deleted now'));
    if (!this.stopping.signal.aborted) this.runAfter(0.9 + Math.random() / 5);
  }
}
