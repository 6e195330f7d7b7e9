import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PruneService, RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { databaseFromUrl, databaseKinds } from '../support/databases';
import { insertRows } from '../support/insert-rows';
import { newSubject, type RunningApp, Stack } from '../support/stack';
import { until } from '../support/until';
import { DemoWithPoints } from './victim-process';

const { CRASH_RUNS, CRASH_DATABASES = 'sqlite' } = process.env;
const RUNS = Number(CRASH_RUNS ?? 1);
/** A process takes a second to start: unless a campaign was asked for, each await is tried the first time it comes. */
const isTried = (point: string): boolean => CRASH_RUNS !== undefined || !/ \(\d+\)$/.test(point);
const DAY_MS = 86_400_000;
const SECRET = 'a secret of apps that prune, and are killed: 7Hq2mZx9';

type Outcome = { event: 'stopped' | 'answered'; passed: string[] };

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

    /** Old sessions and old lines of the audit log; the sessions that stay are told by their subject. */
    async function fill(): Promise<{ gone: string; staying: RefreshToken[] }> {
      const [gone, kept] = [newSubject(), newSubject()];
      await app.login(gone);
      await app.audit(gone);
      const [model] = await app.rows(gone);
      const old = Array.from({ length: 20 }, () => Object.assign(new RefreshToken(), model, { id: newId(app.clock.now()) }));
      await insertRows(app, RefreshToken, old);
      app.clock.advanceMilliseconds(500 * DAY_MS);
      await app.login(kept);
      return { gone, staying: await app.rows(kept) };
    }

    const linesOf = (subject: string) => app.dataSource.getRepository(RefreshTokenEventRecord).countBy({ subject });

    it(
      `has deleted nothing that stays, and the next one does the rest, wherever it was, ${RUNS} time(s)`,
      async () => {
        await fill();
        const { event, passed } = await pruneAndDie();
        expect(event).toBe('answered');
        const points = passed.filter(isTried);
        expect(points.some((point) => point.includes('refresh-token.store prune'))).toBe(true);
        for (let run = 0; run < RUNS; run++) {
          for (const point of points) {
            const { gone, staying } = await fill();
            const all = await app.rows(gone);
            expect((await pruneAndDie(point)).event).toBe('stopped');
            expect(await app.rows(staying[0]!.subject)).toEqual(staying);
            const left = await app.rows(gone);
            expect(all).toEqual(expect.arrayContaining(left));
            // The lock of a process that is gone is free, or soon will be: a server may hear of it a little later.
            await until(async () => {
              await app.app.get(PruneService).run();
              return (await app.rows(gone)).length + (await linesOf(gone)) === 0;
            });
            expect(await app.rows(staying[0]!.subject)).toEqual(staying);
          }
        }
        console.log(`${kind.name}: ${passed.length} points on the way of a prune, ${points.length * RUNS} processes killed there`);
      },
      120_000 + RUNS * 300_000,
    );
  },
);
