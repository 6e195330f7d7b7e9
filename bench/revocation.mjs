// How long other nodes take an access token of a session that was ended on one of them.
//   node bench/revocation.mjs [--databases mariadb,mysql] [--nodes 2,4] [--trials 1000] [--at-once 20] [--bulk 100000] [--print] [--short]
// With TEST_REDIS_URL also for nodes that tell each other over Redis. Then an administrator ends many sessions at once, and a node is under load meanwhile.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { bearing } from './load/clients.mjs';
import { closedLoop } from './load/closed-loop.mjs';
import { Connection, get, post } from './load/connection.mjs';
import { percentiles } from './load/percentiles.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    databases: { type: 'string', default: 'mariadb,mysql' },
    nodes: { type: 'string', default: '2,4' },
    trials: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '20' },
    // Sessions that end at once; 0 leaves it out.
    bulk: { type: 'string', default: '100000' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'mariadb', nodes: [2], trials: 20, atOnce: 10, bulk: 500, calm: 0.5, watchMs: 0 }
  : { databases: options.databases, nodes: options.nodes.split(',').map(Number).filter(Boolean), trials: Number(options.trials), atOnce: Number(options['at-once']), bulk: Number(options.bulk), calm: 10, watchMs: 65_000 }; // prettier-ignore
const WAYS = { poll: {}, ...(process.env.TEST_REDIS_URL && { Redis: { redis: process.env.TEST_REDIS_URL } }) };

/** Revocations come at any moment of the second in which a node looks once. */
const WITHIN_MS = 1000;
const ASK_EVERY_MS = 5;
const GIVE_UP_MS = 10_000;
/** The guarded requests of a node while many sessions end. */
const SESSIONS = 4;
const LONGEST_BULK_S = 600;
const BULK = 'bulk';
const JSON_BODY = { 'Content-Type': 'application/json' };

const results = onDatabases(plan.databases, async ({ options: database }) => {
  const clusters = [];
  for (const count of plan.nodes) {
    for (const [way, config] of Object.entries(WAYS)) {
      const lags = await withServers((start) => measureCluster(start, { database, ...config }, count));
      clusters.push({ nodes: count, way, trials: plan.trials, ...percentiles(lags) });
    }
  }
  const bulk = plan.bulk > 0 ? await withServers((start) => endManyAtOnce(start, database)) : null;
  return { clusters, bulk };
});
for await (const result of results) await publish('revocation', result, options);

/** @returns milliseconds, of each trial at each other node */
async function measureCluster(start, config, count) {
  const jwtRefresh = { secret: randomBytes(48).toString('base64') };
  const nodes = [];
  for (let index = 0; index < count; index++) nodes.push(await start('./app.mjs', { adapter: 'fastify', ...config, jwtRefresh }));
  const lags = [];
  let left = plan.trials;
  const work = async () => {
    const connections = nodes.map(({ port }) => new Connection(port));
    while (left-- > 0) lags.push(...(await trial(connections, connections[left % count])));
    for (const connection of connections) connection.close();
  };
  await Promise.all(Array.from({ length: plan.atOnce }, work));
  return lags;
}

/** The clock starts when the node is asked to end the session: the commit comes later. */
async function trial(nodes, home) {
  const pair = JSON.parse((await home.send(post('/login', '{}', JSON_BODY))).body);
  const whoAmI = get('/whoami', { Authorization: `Bearer ${pair.access_token}` });
  for (const node of nodes) await expectStatus(200, node, whoAmI);
  await wait(Math.random() * WITHIN_MS);
  const start = performance.now();
  await expectStatus(204, home, post('/auth/logout', JSON.stringify({ refresh_token: pair.refresh_token }), JSON_BODY));
  await expectStatus(401, home, whoAmI);
  return Promise.all(nodes.filter((node) => node !== home).map((node) => timeUntilRefused(node, whoAmI, start)));
}

async function timeUntilRefused(node, request, start) {
  for (;;) {
    const { status } = await node.send(request);
    const elapsed = performance.now() - start;
    if (status === 401) return elapsed;
    if (elapsed > GIVE_UP_MS) throw new Error(`A node still answers ${status} after ${GIVE_UP_MS / 1000} s`);
    await wait(ASK_EVERY_MS);
  }
}

/** Nodes that poll; the one under load is not the one that ends them. */
async function endManyAtOnce(start, database) {
  const jwtRefresh = { secret: randomBytes(48).toString('base64') };
  const config = { database, adapter: 'fastify', admin: true, fill: { subject: BULK, count: plan.bulk }, jwtRefresh };
  const [home, other] = [await start('./app.mjs', config), await start('./app.mjs', config)];
  await home.ask('fill');
  const connection = new Connection(home.port);
  const { access_token: token } = JSON.parse((await connection.send(post('/login', '{}', JSON_BODY))).body);
  const client = bearing('/whoami', [token]);
  const calm = await closedLoop(other, client, { sessions: SESSIONS, seconds: plan.calm });
  const ended = endBulk(connection, token);
  const known = watchFeed(other, ended);
  const busy = await closedLoop(other, client, { sessions: SESSIONS, seconds: LONGEST_BULK_S, warmUp: 0, until: known });
  connection.close();
  return { families: plan.bulk, seconds: await ended, ...(await known), calm, busy };
}

/** @returns how many seconds it took */
async function endBulk(connection, token) {
  const begun = performance.now();
  const body = JSON.stringify({ filter: { subject: BULK }, reason: BULK });
  const answer = await connection.send(post('/admin/refresh-tokens/revoke', body, { ...JSON_BODY, Authorization: `Bearer ${token}` }));
  if (answer.status !== 200 || JSON.parse(answer.body).revoked !== plan.bulk)
    throw new Error(`Not all sessions ended: ${answer.status} ${answer.body}`);
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
    if (seen.knownAfterMs !== null || families < plan.bulk || performance.now() < endedAt) continue;
    seen.knownAfterMs = Math.round(performance.now() - endedAt);
    until = performance.now() + plan.watchMs;
  }
  return seen;
}

async function expectStatus(expected, node, request) {
  const { status, body } = await node.send(request);
  if (status !== expected) throw new Error(`A node answered ${status} instead of ${expected}: ${body.slice(0, 200)}`);
}
