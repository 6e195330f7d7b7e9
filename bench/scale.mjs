// What more rows cost: refreshes all over the table, lists, statistics, pruning under load, bytes.
//   node bench/scale.mjs [--rows 10000,100000,1000000,5000000] [--databases mariadb] [--rounds 3] [--seconds 5] [--prune 120] [--keep] [--print] [--short]
import { parseArgs } from 'node:util';
import * as library from 'nestjs-jwt-refresh';
import { AUDIENCES } from './data/dataset.mjs';
import { NOW, openFilledApp, SECRET } from './data/filled-app.mjs';
import { indexCost } from './data/index-cost.mjs';
import { measure } from './data/measure.mjs';
import { makeRefreshable } from './data/refreshable.mjs';
import { refreshingAll } from './load/clients.mjs';
import { closedLoop, warmUp } from './load/closed-loop.mjs';
import { inRounds } from './load/rounds.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    // The first is what the others are compared with.
    rows: { type: 'string', default: '10000,100000,1000000,5000000' },
    databases: { type: 'string', default: 'mariadb,mysql' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    // Seconds that pruning may take in each database.
    prune: { type: 'string', default: '120' },
    // Leaves the filled databases for the next time, and therefore does not prune.
    keep: { type: 'boolean', default: false },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'sqlite', rows: [1000, 5000], refreshable: 200, rounds: 1, seconds: 0.3, warmUp: { requests: 50, slice: 0.1 }, samples: 2, walkMs: 15, pruneMs: 1000 }
  : { databases: options.databases, rows: options.rows.split(',').map(Number), refreshable: 20_000, rounds: Number(options.rounds), seconds: Number(options.seconds), samples: 10, walkMs: 2000, pruneMs: Number(options.prune) * 1000 }; // prettier-ignore

const SESSIONS = 16;
/** Lines of the audit log, at most: it has its own share of the lists of `bench:list`. */
const EVENTS = 200_000;
/** To copy more rows than that takes longer than it is worth. */
const INDEX_COST_ROWS = 1_000_000;

for (const name of plan.databases.split(',')) {
  const filled = [];
  try {
    for (const count of plan.rows) filled.push(await openFilledApp(name, { count, events: Math.min(count, EVENTS), keep: options.keep }));
    if (filled.includes(null)) continue;
    const sizes = await withServers((start) => measureAll(start, filled));
    await publish('scale', { database: name, server: filled[0].place.server, sizes }, options);
  } finally {
    for (const app of filled) await app?.close();
  }
}

async function measureAll(start, filled) {
  const subjects = [];
  for (const app of filled) subjects.push(await subjectFor(start, app));
  const rotate = await inRounds(subjects, plan.rounds);
  const sizes = [];
  for (const [index, app] of filled.entries()) sizes.push(await measureSize(app, subjects[index], rotate[app.rows]));
  return sizes;
}

async function subjectFor(start, app) {
  const config = { adapter: 'fastify', database: app.place.options, startsAt: NOW, pruneMs: plan.pruneMs };
  const server = await start('./app.mjs', { ...config, jwtRefresh: { secret: SECRET, audience: AUDIENCES, prune: { enabled: false } } });
  const client = refreshingAll('/auth/jwt-refresh', await makeRefreshable(app, Math.min(plan.refreshable, app.rows / 4)), SESSIONS);
  const load = (more) => closedLoop(server, client, { sessions: SESSIONS, seconds: plan.seconds, ...more });
  await warmUp(server, client, { sessions: SESSIONS, ...plan.warmUp });
  return { name: app.rows, server, load, measure: () => load() };
}

async function measureSize(app, { server, load }, rotate) {
  const { bytesPerRow, lists, others } = await measure(app, { samples: plan.samples, walkMs: plan.walkMs, only: 'no filter,stats' });
  const indexes = app.rows <= INDEX_COST_ROWS ? await indexCost(app) : null;
  const prune = options.keep ? null : await pruneUnder(load, server);
  return { rows: app.rows, rotate, bytesPerRow, lists, others, indexes, prune };
}

/** The service runs in the process that is under load. No schedule has pruned before it. */
async function pruneUnder(load, server) {
  if (!('PruneService' in library)) return null;
  const calm = await load();
  const start = performance.now();
  const pruned = server.ask('prune');
  const busy = await load({ warmUp: 0, seconds: plan.pruneMs / 1000, until: pruned });
  return { ...(await pruned), seconds: (performance.now() - start) / 1000, calm, busy };
}
