import { type BeforeApplicationShutdown, Inject, Injectable, Logger } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

/** The part of an ioredis client that is used. */
export interface RedisClient {
  /** Sends a message to all who listen. */
  publish(channel: string, message: string): Promise<unknown>;
  /** A client of the same settings, on a connection of its own; one that listens can do nothing else. */
  duplicate(): RedisClient;
  /** Listens to a channel. */
  subscribe(channel: string): Promise<unknown>;
  /** Hears messages and failures. */
  on(event: string, listener: (...args: any[]) => void): unknown; // eslint-disable-line @typescript-eslint/no-explicit-any -- ioredis's own type
  /** Ends the connection. */
  disconnect(): void;
}

type Heard = (id: string, revokedAt: number) => void;
type Entry = [id: string, revokedAt: number];

const MOST_AT_ONCE = 1000;
const REPORT_INTERVAL_MS = 60_000;

/**
 * Tells the other nodes over Redis which families this one has revoked. It only makes them know sooner: whatever is lost on
 * the way is found by the next look at the database.
 */
@Injectable()
export class RevocationPush implements BeforeApplicationShutdown {
  private readonly logger = new Logger('JwtRefresh');
  private readonly publisher: RedisClient | null;
  private subscriber: RedisClient | null = null;
  private waiting: Entry[] = [];
  private reportedAt = -Infinity;

  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {
    this.publisher = options.revocation.redis;
  }

  beforeApplicationShutdown(): void {
    this.send();
    this.subscriber?.disconnect();
  }

  /** Hears what other nodes revoke. */
  onRevoked(heard: Heard): void {
    if (!this.publisher) return;
    const subscriber = (this.subscriber = this.publisher.duplicate());
    subscriber.on('error', () => this.report());
    subscriber.on('message', (_channel: string, message: string) => {
      for (const [id, revokedAt] of entriesOf(message)) heard(id, Math.min(revokedAt, this.options.clock.now()));
    });
    // Whoever connects, at first or again, listens again: Redis may have been away before there was anything to take up.
    const listen = () => subscriber.subscribe(this.options.revocation.redisChannel).catch(() => this.report());
    subscriber.on('ready', () => void listen());
    void listen();
  }

  /** Tells the others what this node has revoked; what is said in one turn goes together. */
  tell(id: string, revokedAt: number): void {
    if (this.publisher && this.waiting.push([id, revokedAt]) === 1) setImmediate(() => this.send());
  }

  private send(): void {
    const { waiting } = this;
    this.waiting = [];
    for (let start = 0; start < waiting.length; start += MOST_AT_ONCE) {
      const message = JSON.stringify(waiting.slice(start, start + MOST_AT_ONCE));
      this.publisher?.publish(this.options.revocation.redisChannel, message).catch(() => this.report());
    }
  }

  private report(): void {
    if (performance.now() - this.reportedAt < REPORT_INTERVAL_MS) return;
    this.reportedAt = performance.now();
    this.logger.warn('Redis can not be reached; revocations reach other nodes by their next look at the database');
  }
}

/** Whatever else is on the channel is nobody's. */
function entriesOf(message: string): Entry[] {
  try {
    const entries: unknown = JSON.parse(message);
    return Array.isArray(entries) ? entries.filter(isEntry) : [];
  } catch {
    return [];
  }
}

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && isUuid(value[0]) && Number.isFinite(value[1]);
}
