// Several demos in one process, each with a database of its own: what is killed costs its start only once.
require('./points.cjs');
const crypto = require('node:crypto');
const { dirname, join, sep } = require('node:path');
const Sqlite = require('better-sqlite3');

const main = process.argv[2];
const build = join(dirname(main), '../..') + sep;

// Each demo listens to every signal.
process.setMaxListeners(0);

// Passwords are not what is tested here.
const { scrypt } = crypto;
crypto.scrypt = (password, salt, length, _options, done) => scrypt(password, salt, length, { N: 2 }, done);

// SQLite runs the statements of a shared commit in one turn of the event loop: there is a point after each that writes.
const statements = Object.getPrototypeOf(new Sqlite(':memory:').prepare('SELECT 1'));
const { run } = statements;
statements.run = function (...parameters) {
  const result = run.apply(this, parameters);
  globalThis.crashPoint.block(`SQLite ${this.source.split(' ')[0]}`);
  return result;
};

process.on('message', ({ env, goOn, stopAt }) => (goOn ? globalThis.crashPoint.goOn(goOn, stopAt) : startDemo(env)));

function startDemo(env) {
  Object.assign(process.env, env);
  for (const file of Object.keys(require.cache)) if (file.startsWith(build + 'dist-demo')) delete require.cache[file];
  require(main);
}

process.send('ready');
