import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DatabaseUnderTest } from '../chaos/servers/database-server';
import { startMariadb } from '../chaos/servers/mariadb';
import type { HttpClient } from '../support/http';
import { type RunningApp, Stack } from '../support/stack';

const KILLS = Number(process.env.DURABILITY_KILLS ?? 100);
const FAMILIES = 16;
const LONGEST_RUN_MS = 300;

/** What its client was told of a family last; of one whose logout was not answered it knows nothing. */
interface Known {
  refreshToken: string;
  state: 'alive' | 'over' | 'unknown';
}

describe('a MariaDB that is killed, and shows commits before they are safe', () => {
  let library: string;
  let server: DatabaseUnderTest;
  let stack: Stack;
  let apps: RunningApp[];

  beforeAll(async () => {
    library = compileSlowLog();
    server = await startMariadb({ LD_PRELOAD: library });
    stack = new Stack({ name: 'mariadb', create: async () => ({ url: server.url, drop: async () => undefined }) }, 'fastify');
    await stack.open();
    const secret = randomBytes(48).toString('base64');
    apps = [await stack.start({ secret }), await stack.start({ secret })];
  });
  afterAll(async () => {
    await stack.close();
    await server.remove();
    rmSync(dirname(library), { recursive: true });
  });

  it(
    `has every successor and every end of a session that a request was told of, ${KILLS} time(s)`,
    async () => {
      let told = 0;
      const broken: string[] = [];
      for (let kill = 0; kill < KILLS; kill++) {
        const families = await Promise.all(Array.from({ length: FAMILIES }, () => begin(apps[0]!)));
        const lives = families.map((family, index) => live(family, index % 2 === 0 ? refreshAtOnce : endAtOnce));
        await wait(Math.random() * LONGEST_RUN_MS);
        await server.faults!.kill();
        const known = (await Promise.all(lives)).flat().filter(({ state }) => state !== 'unknown');
        await server.faults!.start();
        for (const family of known) broken.push(...(await findBroken(apps[0]!.http, family)));
        told += known.length;
      }
      expect(broken).toEqual([]);
      expect(told).toBeGreaterThan(KILLS);
    },
    60_000 + KILLS * 20_000,
  );

  /** Goes on until the database is gone. @returns all families that it had */
  async function live(first: Known, act: (family: Known) => Promise<boolean>): Promise<Known[]> {
    const families = [first];
    for (let family = first; await act(family);) {
      if (family.state === 'alive') continue;
      const next = await begin(apps[1]!).catch(() => null);
      if (!next) break;
      families.push((family = next));
    }
    return families;
  }

  /** @returns whether the database was there */
  async function refreshAtOnce(family: Known): Promise<boolean> {
    const presented = family.refreshToken;
    const answers = await Promise.all([...apps, ...apps].map(({ http }) => http.refresh(presented)));
    for (const { status, body } of answers) if (status === 200) family.refreshToken = body.refresh_token;
    return answers.every(({ status }) => status === 200);
  }

  /** @returns whether the database was there */
  async function endAtOnce(family: Known): Promise<boolean> {
    const answers = await Promise.all([...apps, ...apps].map(({ http }) => http.logout(family.refreshToken)));
    family.state = answers.some(({ status }) => status === 204) ? 'over' : 'unknown';
    return answers.every(({ status }) => status === 204);
  }
});

async function begin(app: RunningApp): Promise<Known> {
  const { refreshToken } = await app.login('alice');
  return { refreshToken, state: 'alive' };
}

/** @returns a library in a folder of its own, which the server's user may read */
function compileSlowLog(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slow-log-'));
  chmodSync(folder, 0o755);
  const library = join(folder, 'slow-log.so');
  execFileSync('cc', ['-shared', '-fPIC', '-o', library, join(__dirname, 'slow-log.c'), '-ldl']);
  return library;
}

/** Whether a family is what its client was told, as the next refresh tells. */
async function findBroken(http: HttpClient, { refreshToken, state }: Known): Promise<string[]> {
  let answer = await http.refresh(refreshToken);
  for (; answer.status === 503; answer = await http.refresh(refreshToken)) await wait(20);
  const isKept = state === 'over' ? answer.body.code === 'refresh_token_revoked' : answer.status === 200;
  return isKept ? [] : [`${state}, but ${answer.body.code ?? answer.status}`];
}
