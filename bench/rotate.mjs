// Refreshes a second, beside a floor, a route without a database, and peers, in turn on the same database.
//   node bench/rotate.mjs [--databases mariadb,mysql,postgres,sqlite] [--sessions 1,16,64] [--rounds 3] [--seconds 3] [--no-peers] [--print] [--short]
import { parseArgs } from 'node:util';
import { onDatabases } from './databases.mjs';
import { betterAuth, oidcProvider, refreshing } from './load/clients.mjs';
import { closedLoop, warmUp } from './load/closed-loop.mjs';
import { inRounds } from './load/rounds.mjs';
import { installPeers } from './peers/install.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  allowNegative: true,
  options: {
    databases: { type: 'string', default: 'mariadb,mysql,postgres,sqlite' },
    sessions: { type: 'string', default: '1,16,64' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    peers: { type: 'boolean', default: true },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short
  ? { databases: 'sqlite,mariadb', sessions: [16], rounds: 1, seconds: 0.3, warmUp: { requests: 50, slice: 0.1 } }
  : { databases: options.databases, sessions: options.sessions.split(',').map(Number), rounds: Number(options.rounds), seconds: Number(options.seconds) }; // prettier-ignore

/** With these many sessions alone the peers are measured. */
const PEER_SESSIONS = plan.sessions.includes(16) ? 16 : plan.sessions[0];
const REFRESH = refreshing('/auth/jwt-refresh');

if (options.peers) installPeers();
const results = onDatabases(plan.databases, ({ options: database }) =>
  withServers(async (start) => {
    const subjects = await startSubjects((file, config) => start(file, { database, ...config }), hasPeers(database));
    for (const { server, client } of subjects) await warmUp(server, client, plan.warmUp);
    const loads = {};
    for (const sessions of plan.sessions) loads[sessions] = await measure(subjects, sessions);
    return { loads };
  }),
);
for await (const result of results) await publish('rotate', result, options);

async function startSubjects(start, withPeers) {
  const subjects = [{ name: 'floor', server: await start('./floor.mjs'), client: refreshing('/refresh') }];
  for (const adapter of ['fastify', 'express']) {
    const app = await start('./app.mjs', { adapter });
    const unaudited = await start('./app.mjs', { adapter, jwtRefresh: { audit: { enabled: false } } });
    subjects.push(
      { name: adapter, server: app, client: REFRESH },
      { name: `${adapter}, audit off`, server: unaudited, client: REFRESH },
      { name: `${adapter}, no database`, server: app, client: refreshing('/without-database') },
    );
  }
  if (!withPeers) return subjects;
  return [
    ...subjects,
    { name: 'oidc-provider', server: await start('../peers/oidc-provider.mjs'), client: oidcProvider, isPeer: true },
    { name: 'better-auth', server: await start('../peers/better-auth.mjs'), client: betterAuth, isPeer: true },
  ];
}

function hasPeers({ type }) {
  return options.peers && (type === 'mysql' || type === 'mariadb');
}

function measure(subjects, sessions) {
  const { seconds, rounds } = plan;
  const turns = subjects
    .filter(({ isPeer }) => !isPeer || sessions === PEER_SESSIONS)
    .map(({ name, server, client }) => ({ name, measure: () => closedLoop(server, client, { sessions, seconds }) }));
  return inRounds(turns, rounds);
}
