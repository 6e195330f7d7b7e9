import { type BeforeApplicationShutdown, Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type JwtRefreshEvent, JwtRefreshEvents } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type EventCount, HOUR_MS } from './event-count.entity';
import { EventCountStore } from './event-count.store';

const FLUSH_PAUSE_MS = 1000;

/** Counts events by the hour, in memory, and adds the counts to the table once a second. A killed process loses a second's counts. */
@Injectable()
export class EventCounter implements OnModuleInit, BeforeApplicationShutdown {
  private counts = new Map<string, EventCount>();
  private timer: NodeJS.Timeout | undefined;
  /** Whether the app goes down: then counts that can not be added are not tried again. */
  private isClosing = false;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly events: JwtRefreshEvents,
    private readonly store: EventCountStore,
  ) {}

  onModuleInit(): void {
    if (this.options.audit.enabled) this.events.onAny((event) => this.take(event));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    await this.flush();
  }

  /** Adds what was counted, also what an earlier call still adds; what can not be added now stays. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.writeAll());
    return this.writing;
  }

  private async writeAll(): Promise<void> {
    const counted = [...this.counts.values()];
    this.counts = new Map();
    try {
      for (; counted.length > 0; counted.shift()) await this.store.add(counted[0]!);
    } catch {
      // After one failure the others need not wait for the same time-out.
      if (!this.isClosing) for (const count of counted) this.add(count);
    }
  }

  private take({ at, type }: JwtRefreshEvent): void {
    this.add({ hour: new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS), type, count: 1 });
  }

  private add({ hour, type, count }: EventCount): void {
    const key = `${hour.getTime()} ${type}`;
    this.counts.set(key, { hour, type, count: count + (this.counts.get(key)?.count ?? 0) });
    // Requests that are answered while the app goes down leave no time to wait.
    if (this.isClosing) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), FLUSH_PAUSE_MS).unref();
  }
}
