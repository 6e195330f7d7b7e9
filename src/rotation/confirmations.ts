import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { RecentMap } from '../recent-map';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { RefreshTokenStore } from '../sessions/refresh-token.store';

const FLUSH_PAUSE_MS = 1000;
const BATCH_SIZE = 500;
const MOST_REMEMBERED = 20_000;

/**
 * Learns from access tokens in use that a client has the newest generation, and writes it down once a second: from then on
 * the predecessor may not come back. Only with the option `refreshToken.retryUntilConfirmed`.
 */
@Injectable()
export class Confirmations implements BeforeApplicationShutdown {
  private readonly waiting = new Map<string, number>();
  /** Those written lately, so that the next request with the same token writes nothing. */
  private readonly written = new RecentMap<number>(MOST_REMEMBERED);
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly store: RefreshTokenStore,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** An access token of this generation was used. */
  see(id: string, generation: number): void {
    if (this.options.refreshToken.retryUntilConfirmed === 0 || generation === 0) return;
    const known = Math.max(this.written.get(id) ?? 0, this.waiting.get(id) ?? 0);
    if (generation <= known) return;
    this.waiting.set(id, generation);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_PAUSE_MS).unref();
  }

  /** Writes what waits. What can't be written now is seen again with the next request. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    return (this.writing = this.writing.then(() => this.writeAll()));
  }

  private async writeAll(): Promise<void> {
    const entries = [...this.waiting];
    this.waiting.clear();
    for (let start = 0; start < entries.length; start += BATCH_SIZE) {
      if (!(await this.write(entries.slice(start, start + BATCH_SIZE)))) return;
    }
  }

  /** @returns whether it was done */
  private async write(entries: [id: string, generation: number][]): Promise<boolean> {
    try {
      await this.store.confirm(entries);
    } catch {
      return false;
    }
    for (const [id, generation] of entries) this.written.set(id, generation);
    return true;
  }
}
