import { Inject, Injectable } from '@nestjs/common';
import type { JwtRefreshEventType } from '../events/jwt-refresh-events';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import { type EventCount, HOUR_MS } from '../statistics/event-count.entity';
import { EventCounter } from '../statistics/event-counter';
import { EventCountStore } from '../statistics/event-count.store';
import type { SearchOrder } from '../storage/search-plan';
import type { TokenFilter } from './dto/token-filter.dto';
import type { StatisticsView, StatsRange } from './statistics.view';
import { TokenListStore } from './token-list.store';

const COUNTED = ['issued', 'rotated', 'retried', 'reused', 'revoked', 'refused'] as const;

/** How many events of each type there were. */
type Counts = Record<(typeof COUNTED)[number], number>;

const RANGES: Record<StatsRange, { readonly hours: number; readonly bucketHours: number }> = {
  '24h': { hours: 24, bucketHours: 1 },
  '7d': { hours: 7 * 24, bucketHours: 6 },
  '30d': { hours: 30 * 24, bucketHours: 24 },
};
const NEWEST_FIRST: SearchOrder = { sort: 'createdAt', direction: 'desc', from: null };

/** The numbers of the overview: what lives from the table's indexes, what happened from the hourly counts. */
@Injectable()
export class StatisticsService {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tokens: TokenListStore,
    private readonly counter: EventCounter,
    private readonly counts: EventCountStore,
  ) {}

  async get(range: StatsRange): Promise<StatisticsView> {
    const now = this.options.clock.now();
    const { hours, bucketHours } = RANGES[range];
    const end = Math.floor(now / HOUR_MS + 1) * HOUR_MS;
    const start = end - hours * HOUR_MS;
    const series = toSeries(await this.countsSince(start), start, end, bucketHours * HOUR_MS);
    return {
      range,
      from: new Date(start).toISOString(),
      to: new Date(now).toISOString(),
      bucketSeconds: (bucketHours * HOUR_MS) / 1000,
      tiles: { ...(await this.living(now)), ...sumOf(series) },
      series,
    };
  }

  private async countsSince(start: number): Promise<EventCount[]> {
    await this.counter.flush();
    return this.counts.findSince(new Date(start));
  }

  private async living(now: number): Promise<Pick<StatisticsView['tiles'], 'active' | 'subjects' | 'expiring'>> {
    const plan = (filter: TokenFilter) => this.tokens.plan(this.tokens.conditionsFor({ status: 'active', ...filter }, now));
    const active = await plan({});
    const expiring = await plan({ expiresTo: new Date(now + 24 * HOUR_MS) });
    return {
      active: await this.tokens.count(active, NEWEST_FIRST),
      subjects: await this.tokens.count(active, NEWEST_FIRST, 'subject'),
      expiring: await this.tokens.count(expiring, NEWEST_FIRST),
    };
  }
}

function toSeries(counts: readonly EventCount[], start: number, end: number, bucket: number): StatisticsView['series'] {
  const series = Array.from({ length: (end - start) / bucket }, (_, index) => ({ at: new Date(start + index * bucket).toISOString(), ...none() }));
  for (const { hour, type, count } of counts) {
    const at = series[Math.floor((hour.getTime() - start) / bucket)];
    const name = COUNTED.find((counted) => type === (`refresh_token.${counted}` satisfies JwtRefreshEventType));
    if (at && name) at[name] += count;
  }
  return series;
}

function sumOf(series: readonly Counts[]): Counts {
  const sum = none();
  for (const counts of series) for (const name of COUNTED) sum[name] += counts[name];
  return sum;
}

function none(): Counts {
  return { issued: 0, rotated: 0, retried: 0, reused: 0, revoked: 0, refused: 0 };
}
