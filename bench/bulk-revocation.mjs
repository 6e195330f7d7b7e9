// An administrator ends many sessions at once on one node, while the guard of another is under load.
//   node bench/bulk-revocation.mjs [--databases mariadb,mysql,postgres] [--families 100000] [--print] [--short]
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { bearing } from './load/clients.mjs';
import { closedLoop } from './load/closed-loop.mjs';
import { Connection, post } from './load/connection.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    databases: { type: 'string', default: 'mariadb,mysql,postgres' },
    families: { type: 'string', default: '100000' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'mariadb', families: 500, calmSeconds: 0.5, watchMs: 0 }
  : { databases: options.databases, families: Number(options.families), calmSeconds: 10, watchMs: 65_000 };

const SESSIONS = 4;
const LONGEST_SECONDS = 600;
const SUBJECT = 'many';
const JSON_BODY = { 'Content-Type': 'application/json' };

const results = onDatabases(plan.databases, async ({ options: database }) => withServers((start) => endManyAtOnce(start, database)));
for await (const result of results) await publish('bulk-revocation', result, options);

/** Both nodes poll. */
async function endManyAtOnce(start, database) {
  const jwtRefresh = { secret: randomBytes(48).toString('base64') };
  const config = { database, adapter: 'fastify', admin: true, fill: { subject: SUBJECT, count: plan.families }, jwtRefresh };
  const [home, other] = [await start('./app.mjs', config), await start('./app.mjs', config)];
  await home.ask('fill');
  const connection = new Connection(home.port);
  const { access_token: token } = JSON.parse((await connection.send(post('/login', '{}', JSON_BODY))).body);
  const client = bearing('/whoami', [token]);
  const calm = await closedLoop(other, client, { sessions: SESSIONS, seconds: plan.calmSeconds });
  const ended = endAll(connection, token);
  const known = watchFeed(other, ended);
  const busy = await closedLoop(other, client, { sessions: SESSIONS, seconds: LONGEST_SECONDS, warmUp: 0, until: known });
  connection.close();
  return { families: plan.families, seconds: await ended, ...(await known), calm, busy };
}

/** @returns how many seconds it took */
async function endAll(connection, token) {
  const begun = performance.now();
  const body = JSON.stringify({ filter: { subject: SUBJECT }, reason: 'bench' });
  const answer = await connection.send(post('/admin/refresh-tokens/revoke', body, { ...JSON_BODY, Authorization: `Bearer ${token}` }));
  if (answer.status !== 200 || JSON.parse(answer.body).revoked !== plan.families) throw new Error(`Not all sessions ended: ${answer.status}`);
  return Math.round((performance.now() - begun) / 100) / 10;
}

/** Until a node has heard of all, and so long after it that it has looked at all of them again. */
async function watchFeed(node, ended) {
  const seen = { longestLagMs: 0, timesStale: 0, knownAfterMs: null };
  let endedAt = Infinity;
  void ended.then(() => (endedAt = performance.now()));
  for (let until = Infinity; performance.now() < until; await wait(20)) {
    const { lagMs, fresh, families } = await node.ask('feed');
    seen.longestLagMs = Math.max(seen.longestLagMs, lagMs);
    if (!fresh) seen.timesStale += 1;
    if (seen.knownAfterMs !== null || families < plan.families || performance.now() < endedAt) continue;
    seen.knownAfterMs = Math.round(performance.now() - endedAt);
    until = performance.now() + plan.watchMs;
  }
  return seen;
}
