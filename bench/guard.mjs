// Requests a second through each guard, beside the same app's routes with none, with the least, and with passport-jwt.
//   node bench/guard.mjs [--modes stateless,bounded,strict] [--algorithms HS256,RS256,ES256,EdDSA] [--adapters fastify,express] [--database mariadb] [--rounds 3] [--seconds 2] [--print] [--short]
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { bearing } from './load/clients.mjs';
import { closedLoop, warmUp } from './load/closed-loop.mjs';
import { inRounds } from './load/rounds.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    modes: { type: 'string', default: 'stateless,bounded,strict' },
    algorithms: { type: 'string', default: 'HS256,RS256,ES256,EdDSA' },
    adapters: { type: 'string', default: 'fastify,express' },
    // Where the mode `strict` reads a row, and `bounded` looks once a second.
    database: { type: 'string', default: process.env.TEST_MARIADB_URL ? 'mariadb' : 'sqlite' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { algorithms: 'HS256,EdDSA', rounds: 1, seconds: 0.2, distinct: 400, warmUp: { requests: 50, slice: 0.1 } }
  : { algorithms: options.algorithms, rounds: Number(options.rounds), seconds: Number(options.seconds), distinct: 20_000 };
const SESSIONS = 16;
const [MODES, ALGORITHMS] = [options.modes.split(','), plan.algorithms.split(',')];

/** These know HS256 alone. */
const OTHERS = ['open', 'raw-hmac', 'passport-jwt', 'passport-jwt-key-object'];

const results = onDatabases(options.database, async ({ options: database }) => {
  const adapters = {};
  for (const adapter of options.adapters.split(',')) adapters[adapter] = await withServers((start) => measureAdapter(start, { adapter, database }));
  return { modes: MODES, adapters };
});
for await (const result of results) await publish('guard', result, options);

async function measureAdapter(start, config) {
  const loads = [];
  for (const algorithm of ALGORITHMS) {
    const server = await start('./guarded.mjs', { ...config, algorithm, modes: MODES });
    const tokens = await tokensOf(server, plan.distinct);
    const guards = algorithm === 'HS256' ? [...OTHERS, ...MODES] : MODES;
    for (const guard of guards) {
      loads.push({ name: `${algorithm} ${guard}, repeated`, server, client: bearing(`/${guard}`, tokens.slice(0, 1)) });
      loads.push({ name: `${algorithm} ${guard}, distinct`, server, client: bearing(`/${guard}`, tokens) });
    }
  }
  // Those that are compared stand side by side.
  loads.sort((a, b) => b.name.endsWith('repeated') - a.name.endsWith('repeated'));
  for (const load of loads) await warmUp(load.server, load.client, plan.warmUp);
  return inRounds(
    loads.map((load) => ({ name: load.name, measure: () => measure(load) })),
    plan.rounds,
  );
}

function measure({ server, client }) {
  return closedLoop(server, client, { sessions: SESSIONS, seconds: plan.seconds, warmUp: 0.2 });
}

async function tokensOf(server, count) {
  const response = await fetch(`${server.url}/tokens?count=${count}`, { method: 'POST' });
  return response.json();
}
