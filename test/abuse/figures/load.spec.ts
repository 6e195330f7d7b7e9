import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DemoProcess } from '../../support/demo-process';
import { RawConnection } from '../../support/raw-http';
import { describeOnEveryStack } from '../../support/stack';
import { type Fared, HonestUsers } from './honest-users';

// Figures, not verdicts: how much a machine has to spare decides them. What is checked is that nobody honest is refused.

const SECONDS = Number(process.env.ABUSE_SECONDS ?? 10);
const USERS = 40;
const REFRESHES_PER_SECOND = 40;
/** Refreshes a second of many sessions, or of one alone. */
const HEAT = 40;
const SLOW_CLIENTS = 1000;
const SECRET = 'a secret for figures: 5Ww0cXbq8Yt2Zr4h';

const run = promisify(execFile);

describeOnEveryStack('honest users', (stack) => {
  let demo: DemoProcess;
  let users: HonestUsers;
  let alone: Fared;

  beforeAll(async () => {
    demo = await DemoProcess.start({ DATABASE_URL: stack.url, HTTP_ADAPTER: stack.adapter, JWT_REFRESH_SECRET: SECRET });
    users = await HonestUsers.logIn(demo, USERS);
    await refresh();
    alone = await refresh();
  });
  afterAll(() => demo.stop());

  const refresh = (): Promise<Fared> => users.refreshFor(SECONDS, REFRESHES_PER_SECOND);

  function report(beside: string, { p50, p99, refused, refreshes }: Fared, than = { what: 'alone', p99: alone.p99 }): void {
    const ratio = `${(p99 / than.p99).toFixed(2)} times that ${than.what} (${than.p99} ms)`;
    process.stdout.write(`${stack.kind.name}, ${stack.adapter}: beside ${beside}: p50 ${p50} ms, p99 ${p99} ms, ${ratio}\n`);
    expect({ refreshes, refused }).toEqual({ refreshes: SECONDS * REFRESHES_PER_SECOND, refused: 0 });
  }

  /** @returns answers a second */
  async function flood(perSecond: number): Promise<number> {
    const { stdout } = await run(process.execPath, [join(__dirname, 'flood.mjs'), demo.http.url, String(perSecond), String(SECONDS)]);
    const flooded = JSON.parse(stdout) as { perSecond: number; statuses: Record<string, number> };
    expect(Object.keys(flooded.statuses)).toEqual(['401']);
    return flooded.perSecond;
  }

  it('refresh beside a flood of junk tokens', async () => {
    const capacity = await flood(Infinity);
    process.stdout.write(`${stack.kind.name}, ${stack.adapter}: one process answers ${capacity} junk tokens a second\n`);
    for (const part of [0.25, 0.5]) {
      const [perSecond, fared] = await Promise.all([flood(Math.round(capacity * part)), refresh()]);
      report(`${perSecond} junk tokens a second`, fared);
    }
  });

  it('refresh beside one session that refreshes as often as all of them', async () => {
    const [many, one] = [await HonestUsers.logIn(demo, HEAT), await HonestUsers.logIn(demo, 1)];
    const besideMany = await Promise.all([refresh(), many.refreshFor(SECONDS, HEAT)]);
    report(`${HEAT} refreshes a second of many sessions`, besideMany[0]);
    const besideOne = await Promise.all([refresh(), one.refreshFor(SECONDS, HEAT)]);
    report(`${HEAT} refreshes a second of one session`, besideOne[0], { what: 'beside many', p99: besideMany[0].p99 });
    expect(besideOne[1].refused).toBe(0);
  });

  it('refresh beside clients that never finish a request', async () => {
    const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => RawConnection.open(demo.http.url)));
    for (const connection of slow) connection.write('POST /auth/jwt-refresh HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    // An answer after them says that the server has read them all.
    await demo.http.get('/health');
    report(`${SLOW_CLIENTS} unfinished requests`, await refresh());
    for (const connection of slow) connection.abandon();
  });
});
