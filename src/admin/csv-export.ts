import { Inject, Injectable, StreamableFile } from '@nestjs/common';
import { Readable, type Writable } from 'node:stream';
import { AuditQueue } from '../audit/audit.queue';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';
import type { Administrator } from './admin.log';
import { AdminLog } from './admin.log';
import { csvLine } from './csv';
import type { EventListQuery } from './dto/event-list.dto';
import type { TokenListQuery } from './dto/token-filter.dto';
import { EventListStore } from './event-list.store';
import { EventView, eventView } from './event.view';
import { TokenListStore } from './token-list.store';
import { TokenView, tokenView } from './token.view';

const BATCH_SIZE = 500;

const TOKEN_COLUMNS = [
  'id', 'kind', 'subject', 'audience', 'status', 'lifetime', 'createdAt', 'expiresAt', 'endsAt', 'lastUsed', 'revokedAt', 'revokedReason', 'revokedBy',
  'generation', 'jti', 'tokenHash', 'rotates', 'label', 'content', 'deviceInfo',
] as const satisfies (keyof TokenView)[]; // prettier-ignore

const EVENT_COLUMNS = [
  'id', 'at', 'type', 'result', 'sessionId', 'subject', 'actor', 'reason', 'ip', 'generation', 'presentedGeneration', 'deviceInfo', 'details',
] as const satisfies (keyof EventView)[]; // prettier-ignore

/** Lists as CSV, read and sent batch by batch: no list stands in memory. */
@Injectable()
export class CsvExport {
  constructor(
    @Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions,
    private readonly tokens: TokenListStore,
    private readonly events: EventListStore,
    private readonly queue: AuditQueue,
    private readonly log: AdminLog,
  ) {}

  async exportTokens(
    { sort, order, limit: _limit, cursor: _cursor, ...filter }: TokenListQuery,
    administrator: Administrator,
  ): Promise<StreamableFile> {
    await this.log.record({ type: 'admin.exported', details: { export: 'tokens', filter: { ...filter } } }, administrator);
    const now = this.options.clock.now();
    const rows = this.tokens.walk(this.tokens.conditionsFor(filter, now), { sort, direction: order, from: null }, BATCH_SIZE);
    return this.file('refresh-tokens', TOKEN_COLUMNS, await begun(rows), (row) => tokenView(row, now));
  }

  async exportEvents({ order, limit: _limit, cursor: _cursor, ...filter }: EventListQuery, administrator: Administrator): Promise<StreamableFile> {
    await this.log.record({ type: 'admin.exported', details: { export: 'events', filter: { ...filter } } }, administrator);
    await this.queue.flush();
    const rows = this.events.walk(this.events.conditionsFor(filter), { sort: 'id', direction: order, from: null }, BATCH_SIZE);
    return this.file('refresh-token-events', EVENT_COLUMNS, await begun(rows), eventView);
  }

  private file<Row, Column extends string>(
    name: string,
    columns: readonly Column[],
    batches: AsyncIterable<Row[]>,
    view: (row: Row) => Record<Column, unknown>,
  ): StreamableFile {
    const lines = linesOf(columns, batches, view, this.options.admin.exportLimit);
    const file = new StreamableFile(Readable.from(lines, { objectMode: false }), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="${name}.csv"`,
    });
    // A file that is cut off must not look whole.
    return file.setErrorHandler((_, response) => (response as unknown as Writable).destroy());
  }
}

/** Reads the first batch before anything is answered, so that a database that is away is an error and not an empty file. */
async function begun<Row>(batches: AsyncGenerator<Row[]>): Promise<AsyncIterable<Row[]>> {
  const first = await batches.next();
  return (async function* () {
    if (first.done) return;
    yield first.value;
    yield* batches;
  })();
}

async function* linesOf<Row, Column extends string>(
  columns: readonly Column[],
  batches: AsyncIterable<Row[]>,
  view: (row: Row) => Record<Column, unknown>,
  limit: number,
): AsyncGenerator<string> {
  let left = limit;
  yield csvLine(columns);
  for await (const rows of batches) {
    const taken = rows.slice(0, left).map(view);
    yield taken.map((row) => csvLine(columns.map((column) => row[column]))).join('');
    left -= taken.length;
    if (left === 0) return;
  }
}
