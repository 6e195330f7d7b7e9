import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type JwtRefreshEvent, type JwtRefreshEventType, PruneService, RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { databaseFromUrl, type DatabaseKind, databaseKinds } from '../support/databases';
import { insertRows } from '../support/insert-rows';
import { newSubject, type RunningApp, Stack } from '../support/stack';
import { until } from '../support/until';
import { DemoWithPoints } from './victim-process';

const { CRASH_RUNS = '1', CRASH_DATABASES = 'sqlite' } = process.env;
const RUNS = Number(CRASH_RUNS);
/** So many apps prune in one process, each on a database of its own: more connections than theirs and the test's a server may not have. */
const SEATS = 17;
/** A run tries each await once, and the next run the next time it comes on the way of a prune. */
const pointsOfRun = (passed: readonly string[], run: number): string[] => {
  const byAwait = new Map<string, string[]>();
  for (const point of passed) {
    const name = point.replace(/ \(\d+\)$/, '');
    byAwait.set(name, [...(byAwait.get(name) ?? []), point]);
  }
  return [...byAwait.values()].map((times) => times[run % times.length]!);
};
const DAY_MS = 86_400_000;
/** Between two fillings, so that everything of the last one is old. */
const FILL_INTERVAL_MS = 500 * DAY_MS;
/** The defaults, which nobody changes here: how long families stay beyond their end, and lines in the audit log. */
const KEPT_MS = { families: 7 * DAY_MS, rotations: 30 * DAY_MS, events: 400 * DAY_MS };
const SECRET = 'a secret of apps that prune, and are killed: 7Hq2mZx9';

interface Outcome {
  id: string;
  event: 'stopped' | 'answered';
  passed: string[];
}

/** What a subject has. */
interface Belongings {
  readonly rows: RefreshToken[];
  readonly lines: RefreshTokenEventRecord[];
}

/** Families that began long ago and must stay at an instant: the memory of a theft until the family's end, and what is a moment too young. */
function stayingFamilies(now: number): Partial<RefreshToken>[] {
  const justKept = new Date(now - KEPT_MS.families);
  const notPast = new Date(now + DAY_MS);
  const theft = { revokedAt: new Date(now - 100 * DAY_MS), revokedReason: 'reuse' };
  return [
    { ...theft, endsAt: notPast },
    { ...theft, endsAt: justKept },
    { expiresAt: justKept, endsAt: notPast },
    { expiresAt: justKept, endsAt: justKept },
  ];
}

/** Lines that must stay at an instant, and are as old as they may be. */
const stayingLines = (now: number, subject: string): RefreshTokenEventRecord[] => [
  line('refresh_token.rotated', now - KEPT_MS.rotations, subject),
  line('refresh_token.retried', now - KEPT_MS.rotations, subject),
  line('refresh_token.issued', now - KEPT_MS.events, subject),
  line('refresh_token.reused', now - KEPT_MS.events, subject),
];

/** Lines that may go at an instant, each of them for a day. */
const oldLines = (now: number, subject: string): RefreshTokenEventRecord[] => stayingLines(now - DAY_MS, subject);

const line = (type: JwtRefreshEventType, at: number, subject: string): RefreshTokenEventRecord =>
  RefreshTokenEventRecord.from({ id: newId(at), type, at: new Date(at), subject, device: null } as JwtRefreshEvent);

/** One database that an app prunes until it is killed, seen by an app that lives. */
class Seat {
  private constructor(
    private readonly stack: Stack,
    private readonly app: RunningApp,
  ) {}

  static async on(kind: DatabaseKind): Promise<Seat> {
    const stack = new Stack(kind, 'fastify');
    await stack.open();
    return new Seat(stack, await stack.start({ secret: SECRET, prune: { enabled: false } }));
  }

  /** Where the other app prunes, and when. */
  get place() {
    return { database: databaseFromUrl(this.stack.url), now: this.app.clock.now() };
  }

  /** Old sessions and old lines of the audit log, and among them what must stay, which is told by its subject. */
  async fill(): Promise<{ gone: string; kept: string; staying: Belongings }> {
    const { app } = this;
    const [gone, kept] = [newSubject(), newSubject()];
    await app.login(gone);
    const [model] = await app.rows(gone);
    const copy = (changes: Partial<RefreshToken>) => Object.assign(new RefreshToken(), model, { id: newId(app.clock.now()) }, changes);
    const old = () => Array.from({ length: 10 }, () => copy({}));
    const then = app.clock.now() + FILL_INTERVAL_MS;
    await insertRows(app, RefreshToken, [...old(), ...stayingFamilies(then).map((changes) => copy({ ...changes, subject: kept })), ...old()]);
    await insertRows(app, RefreshTokenEventRecord, [...oldLines(then, gone), ...stayingLines(then, kept)]);
    app.clock.advanceMilliseconds(FILL_INTERVAL_MS);
    await app.login(kept);
    return { gone, kept, staying: await this.belongingsOf(kept) };
  }

  async belongingsOf(subject: string): Promise<Belongings> {
    return { rows: await this.app.rows(subject), lines: await this.app.audit(subject) };
  }

  prune(): Promise<unknown> {
    return this.app.app.get(PruneService).run();
  }

  leave(): Promise<void> {
    return this.stack.close();
  }
}

/** Prunes in a process of its own, on each of the seats as far as a point, or to the end; then it is killed. */
async function pruneAndDie(build: DemoWithPoints, seats: readonly Seat[], points: readonly string[]): Promise<Outcome[]> {
  const child = fork(join(__dirname, 'prune-victim.cjs'), { env: { PATH: process.env.PATH } });
  const jobs = seats.map(({ place }, i) => ({ ...place, id: String(i), stopAt: points[i] ?? 'nowhere' }));
  const outcomes: Outcome[] = [];
  const told = new Promise<void>((resolve) => child.on('message', (outcome: Outcome) => outcomes.push(outcome) === jobs.length && resolve()));
  child.send({ build: build.folder, secret: SECRET, jobs });
  const exit = once(child, 'exit');
  await Promise.race([told, exit.then(() => Promise.reject(new Error('the apps ended by themselves')))]);
  child.kill('SIGKILL');
  await exit;
  return outcomes;
}

describe.each(databaseKinds.filter(({ name }) => CRASH_DATABASES.split(',').includes(name)))(
  'an app that is killed while it prunes [$name]',
  (kind) => {
    let seats: Seat[];
    let build: DemoWithPoints;

    beforeAll(async () => {
      build = new DemoWithPoints();
      seats = await Promise.all(Array.from({ length: SEATS }, () => Seat.on(kind)));
    }, 60_000);
    afterAll(async () => {
      build.remove();
      await Promise.all(seats.map((seat) => seat.leave()));
    }, 60_000);

    /** What is true when a process has been killed at a point on each of the seats. */
    async function killAt(points: readonly string[]): Promise<void> {
      const used = seats.slice(0, points.length);
      const filled = await Promise.all(used.map(async (seat) => ({ seat, ...(await seat.fill()) })));
      const before = await Promise.all(filled.map(({ seat, gone }) => seat.belongingsOf(gone)));
      const outcomes = await pruneAndDie(build, used, points);
      expect(outcomes.map(({ event }) => event)).toEqual(points.map(() => 'stopped'));
      await Promise.all(filled.map((each, i) => expectNothingLost(each, before[i]!)));
    }

    async function expectNothingLost({ seat, gone, kept, staying }: Awaited<ReturnType<Seat['fill']>> & { seat: Seat }, before: Belongings) {
      expect(await seat.belongingsOf(kept)).toEqual(staying);
      const left = await seat.belongingsOf(gone);
      expect(before).toEqual({ rows: expect.arrayContaining(left.rows), lines: expect.arrayContaining(left.lines) });
      // The lock of a process that is gone is free, or soon will be: a server may hear of it a little later.
      await until(async () => {
        await seat.prune();
        const { rows, lines } = await seat.belongingsOf(gone);
        return rows.length + lines.length === 0;
      });
      expect(await seat.belongingsOf(kept)).toEqual(staying);
    }

    it(
      `has deleted nothing that stays, and the next one does the rest, wherever it was, ${RUNS} time(s)`,
      async () => {
        const { staying } = await seats[0]!.fill();
        expect([staying.rows.length, staying.lines.length]).toEqual([5, 5]);
        const { event, passed } = (await pruneAndDie(build, seats.slice(0, 1), []))[0]!;
        expect(event).toBe('answered');
        expect(passed.some((point) => point.includes('refresh-token.store prune'))).toBe(true);
        for (let run = 0; run < RUNS; run++) {
          const points = pointsOfRun(passed, run);
          for (let first = 0; first < points.length; first += SEATS) await killAt(points.slice(first, first + SEATS));
        }
        const pruning = pointsOfRun(passed, 0).length * RUNS;
        console.log(`${kind.name}: ${passed.length} points on the way of a prune; ${pruning} times an app was killed there`);
      },
      120_000 + RUNS * 300_000,
    );
  },
);
