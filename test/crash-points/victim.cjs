// Several demos in one process, each with a database of its own: what is killed costs its start only once.
require('./points.cjs');
const crypto = require('node:crypto');
const { dirname, join, sep } = require('node:path');

const main = process.argv[2];
const build = join(dirname(main), '../..') + sep;

// Each demo listens to every signal.
process.setMaxListeners(0);

// Passwords are not what is tested here.
const { scrypt } = crypto;
crypto.scrypt = (password, salt, length, done) => scrypt(password, salt, length, { N: 2 }, done);

process.on('message', (env) => {
  Object.assign(process.env, env);
  for (const file of Object.keys(require.cache)) if (file.startsWith(build)) delete require.cache[file];
  require(main);
});
process.send('ready');
