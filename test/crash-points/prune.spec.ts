import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type JwtRefreshEvent, type JwtRefreshEventType, PruneService, RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { databaseFromUrl, databaseKinds } from '../support/databases';
import { insertRows } from '../support/insert-rows';
import { newSubject, type RunningApp, Stack } from '../support/stack';
import { until } from '../support/until';
import { DemoWithPoints } from './victim-process';

const { CRASH_RUNS = '1', CRASH_DATABASES = 'sqlite' } = process.env;
const RUNS = Number(CRASH_RUNS);
/** A process takes a second to start, so a run tries each await once, and the next run the next time it comes on the way of a prune. */
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

type Outcome = { event: 'stopped' | 'answered'; passed: string[] };

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

describe.each(databaseKinds.filter(({ name }) => CRASH_DATABASES.split(',').includes(name)))(
  'an app that is killed while it prunes [$name]',
  (kind) => {
    const stack = new Stack(kind, 'fastify');
    let app: RunningApp;
    let build: DemoWithPoints;

    beforeAll(async () => {
      await stack.open();
      build = new DemoWithPoints();
      app = await stack.start({ secret: SECRET, prune: { enabled: false } });
    });
    afterAll(async () => {
      build.remove();
      await stack.close();
    });

    /** Prunes in a process of its own, which is killed at a point, or when it is through. */
    async function pruneAndDie(stopAt = 'nowhere'): Promise<Outcome> {
      const child = fork(join(__dirname, 'prune-victim.cjs'), { env: { PATH: process.env.PATH } });
      const told = once(child, 'message');
      child.send({ build: build.folder, database: databaseFromUrl(stack.url), secret: SECRET, now: app.clock.now(), stopAt });
      const [outcome] = (await Promise.race([told, once(child, 'exit').then(() => Promise.reject(new Error('the app ended by itself')))])) as [
        Outcome,
      ];
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      return outcome;
    }

    /** Old sessions and old lines of the audit log, and among them what must stay, which is told by its subject. */
    async function fill(): Promise<{ gone: string; kept: string; staying: Belongings }> {
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
      return { gone, kept, staying: await belongingsOf(kept) };
    }

    const belongingsOf = async (subject: string): Promise<Belongings> => ({ rows: await app.rows(subject), lines: await app.audit(subject) });

    it(
      `has deleted nothing that stays, and the next one does the rest, wherever it was, ${RUNS} time(s)`,
      async () => {
        const { staying } = await fill();
        expect([staying.rows.length, staying.lines.length]).toEqual([5, 5]);
        const { event, passed } = await pruneAndDie();
        expect(event).toBe('answered');
        expect(passed.some((point) => point.includes('refresh-token.store prune'))).toBe(true);
        for (let run = 0; run < RUNS; run++) {
          for (const point of pointsOfRun(passed, run)) {
            const { gone, kept, staying } = await fill();
            const all = await belongingsOf(gone);
            expect((await pruneAndDie(point)).event).toBe('stopped');
            expect(await belongingsOf(kept)).toEqual(staying);
            const left = await belongingsOf(gone);
            expect(all).toEqual({ rows: expect.arrayContaining(left.rows), lines: expect.arrayContaining(left.lines) });
            // The lock of a process that is gone is free, or soon will be: a server may hear of it a little later.
            await until(async () => {
              await app.app.get(PruneService).run();
              const { rows, lines } = await belongingsOf(gone);
              return rows.length + lines.length === 0;
            });
            expect(await belongingsOf(kept)).toEqual(staying);
          }
        }
        const killed = pointsOfRun(passed, 0).length * RUNS;
        console.log(`${kind.name}: ${passed.length} points on the way of a prune, ${killed} processes killed there`);
      },
      120_000 + RUNS * 300_000,
    );
  },
);
