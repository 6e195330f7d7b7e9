// Bytes of heap for a revoked family that a node remembers, and for a token that a guard has verified.
//   node --expose-gc bench/memory.mjs [--families 100000] [--tokens 8000] [--databases sqlite] [--print] [--short]
import { parseArgs } from 'node:util';
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS, RefreshToken } from 'nestjs-jwt-refresh';
import { DataSource } from 'typeorm';
import { families } from './data/dataset.mjs';
import { fillTable } from './data/fill.mjs';
import { onDatabases } from './databases.mjs';
import { Connection, get } from './load/connection.mjs';
import { publish } from './report/publish.mjs';
import { withServers } from './servers/start.mjs';

const { values: options } = parseArgs({
  options: {
    families: { type: 'string', default: '100000' },
    // Fewer than a guard remembers.
    tokens: { type: 'string', default: '8000' },
    databases: { type: 'string', default: 'sqlite' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const amounts = options.short ? { families: 2000, tokens: 400 } : { families: Number(options.families), tokens: Number(options.tokens) };

/** What an app takes anyway: the heap has grown to it when so many requests were answered. */
const WARM_UP_TOKENS = 500;
const REVOKED_BEFORE_MS = 60_000;

const results = onDatabases(options.databases, async ({ options: database }) => {
  const dataSource = await openTables(database);
  const empty = await withServers((start) => heapOf(start, database));
  await fillTable(dataSource, RefreshToken, revokedFamilies(Date.now()));
  const full = await withServers((start) => heapOf(start, database));
  await dataSource.destroy();
  const perToken = await withServers((start) => bytesPerToken(start, database));
  return { amounts, app: empty, perFamily: (full - empty) / amounts.families, perToken };
});
for await (const result of results) await publish('memory', result, options);

function openTables(database) {
  const migrations = [...JWT_REFRESH_MIGRATIONS];
  return new DataSource({ ...database, entities: [...JWT_REFRESH_ENTITIES], migrations, migrationsRun: true }).initialize();
}

function* revokedFamilies(now) {
  const revokedAt = now - REVOKED_BEFORE_MS;
  for (const family of families(amounts.families, now)) yield { ...family, revokedAt, revokedReason: 'logout', revokedBy: family.subject };
}

async function heapOf(start, database) {
  const server = await start('./app.mjs', { adapter: 'fastify', database });
  return server.ask('heap');
}

async function bytesPerToken(start, database) {
  const server = await start('./guarded.mjs', { adapter: 'fastify', database, algorithm: 'HS256', modes: ['stateless'] });
  const response = await fetch(`${server.url}/tokens?count=${WARM_UP_TOKENS + amounts.tokens}`, { method: 'POST' });
  const tokens = await response.json();
  await presentAll(server, tokens.splice(0, WARM_UP_TOKENS));
  const before = await server.ask('heap');
  await presentAll(server, tokens);
  return ((await server.ask('heap')) - before) / amounts.tokens;
}

async function presentAll(server, tokens) {
  const connection = new Connection(server.port);
  for (const token of tokens) {
    const { status } = await connection.send(get('/stateless', { Authorization: `Bearer ${token}` }));
    if (status !== 200) throw new Error(`A token that was just made got ${status}`);
  }
  connection.close();
}
