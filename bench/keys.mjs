// What each algorithm costs an access token, with keys as the module keeps them.
//   node bench/keys.mjs [--ms 150] [--rounds 3] [--print] [--short]
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { resolveOptions } from '../dist/resolve-options.js';
import { AccessTokenService } from '../dist/tokens/access-token.service.js';
import { inRounds } from './load/rounds.mjs';
import { publish } from './report/publish.mjs';

const { values: options } = parseArgs({
  options: {
    ms: { type: 'string', default: '150' },
    rounds: { type: 'string', default: '3' },
    // Leaves the page and the results as they are.
    print: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
  },
});
const plan = options.short ? { ms: 2, rounds: 1 } : { ms: Number(options.ms), rounds: Number(options.rounds) };

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

const subjects = [];
for (const [algorithm, { secret, privateKey }] of Object.entries(KEYS)) {
  const tokens = serviceWith({ id: 'key-1', algorithm, secret, privateKey });
  const { token } = await tokens.sign(session(), Date.now());
  const measure = async () => ({
    sign: await microseconds(() => tokens.sign(session(), Date.now())),
    verify: await microseconds(() => tokens.verify(token)),
    bytes: token.length,
  });
  subjects.push({ name: algorithm, measure });
}
for (const { measure } of subjects) await measure();
await publish('keys', { algorithms: await inRounds(subjects, plan.rounds) }, options);

function serviceWith(key) {
  // What a guard remembers of a token is another thing: bench:guard.
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

async function microseconds(work) {
  const start = performance.now();
  let runs = 0;
  for (; performance.now() - start < plan.ms; runs++) await work();
  return ((performance.now() - start) * 1000) / runs;
}
