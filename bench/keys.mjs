// What an access token costs under each algorithm: microseconds to sign one and to verify one, one after another.
//   npm run build && npm run bench:keys [-- --ms 300]
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { resolveOptions } from '../dist/resolve-options.js';
import { AccessTokenService } from '../dist/tokens/access-token.service.js';

const { values } = parseArgs({ options: { ms: { type: 'string', default: '300' } } });
const DURATION = Number(values.ms);

const secret = (bytes) => ({ secret: randomBytes(bytes).toString('hex') });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const curve = (namedCurve) => generateKeyPairSync('ec', { namedCurve });

const KEYS = {
  HS256: secret(32),
  HS384: secret(48),
  HS512: secret(64),
  RS256: rsa,
  RS384: rsa,
  RS512: rsa,
  PS256: rsa,
  PS384: rsa,
  PS512: rsa,
  ES256: curve('P-256'),
  ES384: curve('P-384'),
  ES512: curve('P-521'),
  EdDSA: generateKeyPairSync('ed25519'),
};

console.log('| algorithm | sign µs | verify µs | bytes |\n| --- | --- | --- | --- |');
for (const [algorithm, { secret, privateKey }] of Object.entries(KEYS)) {
  const tokens = serviceWith({ id: 'key-1', algorithm, secret, privateKey });
  const { token } = await tokens.sign(session());
  const [signing, verifying] = [await microseconds(() => tokens.sign(session())), await microseconds(() => tokens.verify(token))];
  console.log(`| ${algorithm} | ${signing} | ${verifying} | ${token.length} |`);
}

function serviceWith(key) {
  const accessToken = { keys: [key] };
  return new AccessTokenService(
    resolveOptions({ secret: randomBytes(48).toString('base64'), issuer: 'https://api.example.com', audience: 'web', accessToken }),
  );
}

function session() {
  const end = new Date(Date.now() + 86_400_000);
  const id = '01a1fa14-1234-7362-b79d-530972fbf7c3';
  return { id, jti: `${id}.0`, subject: 'alice', audience: 'web', generation: 0, content: { role: 'editor' }, expiresAt: end, endsAt: end };
}

/** The first half warms up. */
async function microseconds(work) {
  await runFor(DURATION / 2, work);
  const { elapsed, runs } = await runFor(DURATION / 2, work);
  return ((elapsed * 1000) / runs).toFixed(0);
}

async function runFor(duration, work) {
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < duration) {
    await work();
    runs++;
  }
  return { elapsed: performance.now() - start, runs };
}
