// How long other nodes take an access token of a session that was ended on one of them.
//   node bench/revocation.mjs [--databases mariadb,mysql] [--nodes 2,4] [--trials 1000] [--at-once 20] [--print] [--short]
// With TEST_REDIS_URL also for nodes that tell each other over Redis, and where there is a redis-server to start, with one that is killed
// after a third of the trials and is back after another.
import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { Connection, get, post } from './load/connection.mjs';
import { percentiles } from './load/percentiles.mjs';
import { publish } from './report/publish.mjs';
import { hasRedisServer, OwnRedis } from './servers/own-redis.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    databases: { type: 'string', default: 'mariadb,mysql' },
    nodes: { type: 'string', default: '2,4' },
    trials: { type: 'string', default: '1000' },
    'at-once': { type: 'string', default: '20' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'mariadb', nodes: [2], trials: 20, atOnce: 10 }
  : { databases: options.databases, nodes: options.nodes.split(',').map(Number), trials: Number(options.trials), atOnce: Number(options['at-once']) };
const { TEST_REDIS_URL: redisUrl } = process.env;
const WAYS = ['poll', ...(redisUrl ? ['Redis'] : []), ...(redisUrl && hasRedisServer() ? ['Redis killed and back'] : [])];

/** Revocations come at any moment of the second in which a node looks once. */
const WITHIN_MS = 1000;
const ASK_EVERY_MS = 5;
const GIVE_UP_MS = 10_000;
const JSON_BODY = { 'Content-Type': 'application/json' };

const results = onDatabases(plan.databases, async ({ options: database }) => {
  const clusters = [];
  for (const count of plan.nodes) {
    for (const way of WAYS) clusters.push({ nodes: count, way, trials: plan.trials, ...percentiles(await measureWay(way, database, count)) });
  }
  return { clusters };
});
for await (const result of results) await publish('revocation', result, options);

/** @returns milliseconds, of each trial at each other node */
async function measureWay(way, database, count) {
  const own = way === 'Redis killed and back' ? await OwnRedis.start() : null;
  const config = { adapter: 'fastify', database, redis: way === 'poll' ? undefined : (own?.url ?? redisUrl) };
  try {
    return await withServers((start) => measureCluster(start, config, count, own));
  } finally {
    await own?.kill();
  }
}

async function measureCluster(start, config, count, redis) {
  const jwtRefresh = { secret: randomBytes(48).toString('base64') };
  const nodes = [];
  for (let index = 0; index < count; index++) nodes.push(await start('./app.mjs', { ...config, jwtRefresh }));
  const lags = [];
  let left = plan.trials;
  const work = async () => {
    const connections = nodes.map(({ port }) => new Connection(port));
    while (left-- > 0) {
      if (redis) await disturb(redis, left);
      lags.push(...(await trial(connections, connections[left % count])));
    }
    for (const connection of connections) connection.close();
  };
  await Promise.all(Array.from({ length: plan.atOnce }, work));
  return lags;
}

/** Redis is away for the middle third of the trials. */
async function disturb(redis, left) {
  if (left === Math.round((plan.trials * 2) / 3)) await redis.kill();
  if (left === Math.round(plan.trials / 3)) await redis.start();
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

async function expectStatus(expected, node, request) {
  const { status, body } = await node.send(request);
  if (status !== expected) throw new Error(`A node answered ${status} instead of ${expected}: ${body.slice(0, 200)}`);
}
