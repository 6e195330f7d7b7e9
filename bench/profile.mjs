// Where the time of one refresh goes, by V8's sampling profiler, in the loaded process itself.
//   node bench/profile.mjs [--databases mariadb] [--adapters fastify,express] [--seconds 10] [--functions 30] [--print] [--short]
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { refreshing } from './load/clients.mjs';
import { closedLoop, warmUp } from './load/closed-loop.mjs';
import { summarise } from './report/profile-parts.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    databases: { type: 'string', default: 'mariadb' },
    adapters: { type: 'string', default: 'fastify,express' },
    seconds: { type: 'string', default: '10' },
    // Names so many of the dearest functions.
    functions: { type: 'string', default: '0' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'sqlite', adapters: ['fastify'], seconds: 0.5, warmUp: { requests: 50, slice: 0.1 } }
  : { databases: options.databases, adapters: options.adapters.split(','), seconds: Number(options.seconds) };
const SESSIONS = 16;

const results = onDatabases(plan.databases, async ({ options: database }) => {
  const profiles = {};
  for (const adapter of plan.adapters) profiles[adapter] = await withServers((start) => profile(start, { adapter, database }));
  return { profiles };
});
for await (const result of results) await publish('profile', result, options);

/** @returns microseconds a refresh */
async function profile(start, config) {
  const server = await start('./app.mjs', config);
  const client = refreshing('/auth/jwt-refresh');
  await warmUp(server, client, plan.warmUp);
  await server.ask('startProfile');
  const { perSecond, cpuMicros } = await closedLoop(server, client, { sessions: SESSIONS, seconds: plan.seconds, warmUp: 0 });
  const { parts, functions } = summarise(await server.ask('stopProfile'));
  const aRefresh = (micros) => Math.round((micros / (perSecond * plan.seconds)) * 10) / 10;
  for (const [name, micros] of Object.entries(functions).slice(0, Number(options.functions))) console.error(`${aRefresh(micros)} µs ${name}`);
  return { perSecond, cpuMicros, parts: Object.fromEntries(Object.entries(parts).map(([part, micros]) => [part, aRefresh(micros)])) };
}
