/**
 * Can the hosts that package.json promises use the package as npm would publish it? Lints the tarball, installs it into
 * empty apps at the ends of the peer ranges, and lets each app live through a user's day, as CommonJS and as ES module, on SQLite and on each
 * server that the environment names.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPlace } from '../bench/databases.mjs';

const PROJECT = join(import.meta.dirname, '..');
const MODULES = join(PROJECT, 'node_modules');
const { peerDependencies, peerDependenciesMeta } = readJson(join(PROJECT, 'package.json'));

const HOSTS = [
  { title: 'The newest Nest, without peer conflicts', choose: (range) => range.split(' || ').at(-1), npm: ['--strict-peer-deps'] },
  { title: 'The Nest before it, without peer conflicts', choose: (range) => range.split(' || ')[0], npm: ['--strict-peer-deps'] },
  // TypeORM 0.3.20 wants an older better-sqlite3 than the one that is compiled here.
  { title: 'The oldest version of every peer', choose: (range) => /\d+\.\d+\.\d+/.exec(range)[0], npm: ['--legacy-peer-deps'] },
];

/** Optional peers that the journeys need. */
const CHOSEN = ['@nestjs/platform-express', '@nestjs/platform-fastify', 'mysql2', 'pg'];

const TSC_OPTIONS =
  '--noEmit --strict --target es2023 --module nodenext --experimentalDecorators --emitDecoratorMetadata --skipLibCheck false --types node';

const workspace = mkdtempSync(join(tmpdir(), 'check-package-'));
const servers = (await Promise.all(['mysql', 'mariadb', 'postgres'].map((name) => openPlace(name)))).filter(Boolean);
const databases = [{ type: 'better-sqlite3', database: ':memory:' }, ...servers.map(({ options }) => options)];
process.env.DATABASES = JSON.stringify(databases);
try {
  const tarball = pack();
  lint(tarball);
  const hosts = HOSTS.map((host, index) => ({ ...host, folder: join(workspace, `host-${index}`) }));
  await Promise.all(hosts.map((host) => install(host, tarball)));
  hosts.forEach(checkHost);
  console.log('\nThe package is fit to be published.');
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(workspace, { recursive: true });
  await Promise.all(servers.map(({ drop }) => drop()));
}

function pack() {
  heading('Build and pack');
  run('npm', ['pack', '--silent', '--pack-destination', workspace], PROJECT);
  return join(
    workspace,
    readdirSync(workspace).find((file) => file.endsWith('.tgz')),
  );
}

function lint(tarball) {
  heading('publint and arethetypeswrong');
  run(join(MODULES, '.bin/publint'), ['--strict', tarball]);
  run(join(MODULES, '.bin/attw'), [tarball]);
}

/** npm waits for the network more than for anything else. */
async function install({ title, choose, npm, folder }, tarball) {
  const dependencies = { ...peers(choose), 'nestjs-jwt-refresh': `file:${tarball}` };
  cpSync(join(PROJECT, 'test/package'), folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...npm];
  const [status] = await once(spawn('npm', ['install', ...options], { cwd: folder, stdio: 'inherit' }), 'exit');
  if (status !== 0) throw new Error(`Failed: npm install for ${title}`);
  lendSqlite(folder);
}

function checkHost({ title, folder }) {
  heading(title);
  for (const main of ['main.cjs', 'main.mjs']) {
    run(process.execPath, [main], folder);
    const types = databases.map(({ type }) => type).join(', ');
    console.log(
      `${main}: logs in, refreshes and logs out by body, by cookie and by OAuth, and opens the dashboard, on Express and Fastify, on ${types}`,
    );
  }
  run(join(folder, 'node_modules/.bin/jwt-refresh'), ['--help'], folder);
  compile(folder);
}

/** Everything a host on any database and either adapter needs. */
function peers(choose) {
  const needed = Object.entries(peerDependencies).filter(([name]) => !peerDependenciesMeta[name]?.optional || CHOSEN.includes(name));
  const chosen = Object.fromEntries(needed.map(([name, range]) => [name, choose(range)]));
  return { ...chosen, 'better-sqlite3': readJson(join(MODULES, 'better-sqlite3/package.json')).version };
}

/** Compiling better-sqlite3 takes longer than all the rest, so the hosts get what was compiled for this project. */
function lendSqlite(folder) {
  cpSync(join(MODULES, 'better-sqlite3/build'), join(folder, 'node_modules/better-sqlite3/build'), { recursive: true });
}

function compile(folder) {
  const sources = ['consumer.cts', 'consumer.mts'];
  for (const source of sources) copyFileSync(join(folder, 'consumer.ts'), join(folder, source));
  run(join(MODULES, '.bin/tsc'), [...TSC_OPTIONS.split(' '), ...sources], folder);
  console.log(`${sources.join(', ')}: compile`);
}

function run(command, args, cwd = workspace) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) throw new Error(`Failed: ${command} ${args.join(' ')}`);
}

function heading(title) {
  console.log(`\n== ${title}`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
