// Do two access tokens ever have one `jti`, though several processes make them at once, for one generation of one session? After a build:
//   node test/abuse/figures/unique-names.mjs [--tokens 1000000] [--processes 4]
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const require = createRequire(import.meta.url);
const { values: options } = parseArgs({
  options: {
    tokens: { type: 'string', default: '1000000' },
    processes: { type: 'string', default: '4' },
    maker: { type: 'boolean', default: false },
  },
});
const AT_ONCE = 1000;
const END = new Date(Date.now() + 86_400_000);
const SESSION = { id: '01a1fa14-1234-7362-b79d-530972fbf7c3', jti: '01a1fa14-1234-7362-b79d-530972fbf7c3.7', generation: 7, subject: 'alice', audience: 'test', content: {}, expiresAt: END, endsAt: END }; // prettier-ignore

await (options.maker ? makeTokens() : compareNames());

async function compareNames() {
  const share = String(Math.ceil(Number(options.tokens) / Number(options.processes)));
  const seen = new Set();
  let made = 0;
  const makers = Array.from({ length: Number(options.processes) }, () => fork(import.meta.filename, ['--maker', '--tokens', share]));
  for (const maker of makers) {
    maker.on('message', (names) => {
      made += names.length;
      for (const name of names) seen.add(name);
    });
  }
  await Promise.all(makers.map((maker) => once(maker, 'disconnect')));
  console.log(`${made} access tokens of ${makers.length} processes have ${seen.size} names`);
  process.exitCode = made === Number(share) * makers.length && seen.size === made ? 0 : 1;
}

async function makeTokens() {
  require('reflect-metadata');
  const { createTestApp } = require('../../../dist/testing/index.js');
  const { AccessTokenService } = require('../../../dist/tokens/access-token.service.js');
  const { app, close } = await createTestApp();
  const accessTokens = app.get(AccessTokenService);
  for (let left = Number(options.tokens); left > 0; left -= AT_ONCE) {
    const tokens = Array.from({ length: Math.min(left, AT_ONCE) }, () => accessTokens.sign(SESSION, Date.now()));
    const names = await Promise.all(tokens.map(async (made) => nameIn((await made).token)));
    await new Promise((resolve) => process.send(names, resolve));
  }
  await close();
  process.disconnect();
}

function nameIn(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).jti;
}
