// Does refusing a forged token take longer the more of its MAC is right? Welch's t-test over interleaved samples, as dudect does it;
// |t| above 4.5 means that a difference is there. A comparison that leaks is measured as well: it must be found out. After a build:
//   node test/abuse/figures/mac-timing.mjs [--samples 20000]
import { createRequire } from 'node:module';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';

const THRESHOLD = 4.5;
/** A machine that is busy with something else can disturb one measurement; a leak is in each. */
const TRIES = 3;
const MAC_BYTES = 32;

const { OpaqueCodec } = createRequire(import.meta.url)('../../../dist/tokens/opaque.codec.js');
const { ServerSecrets } = createRequire(import.meta.url)('../../../dist/tokens/server-secrets.js');
const { values: options } = parseArgs({ options: { samples: { type: 'string', default: '20000' } } });

const secrets = new ServerSecrets([{ id: 'default', value: randomBytes(48).toString('base64') }]);
const codec = new OpaqueCodec(secrets);
const genuine = codec.encode(
  { familyId: '01a1fa14-1234-7362-b79d-530972fbf7c3', generation: 7, secret: randomBytes(32), issuedAt: 0, expiresAt: 0 },
  secrets.current,
);

const PAIRS = [
  ['first byte of the MAC right, or wrong', forged([1, MAC_BYTES]), forged([0, MAC_BYTES])],
  ['all but the last byte right, or none', forged([MAC_BYTES - 1, MAC_BYTES]), forged([0, MAC_BYTES])],
  ['only the last byte wrong, or only the first', forged([MAC_BYTES - 1, MAC_BYTES]), forged([0, 1])],
];

let failed = false;
for (const [title, one, other] of PAIRS) {
  const scores = measured((text) => codec.decode(text), one, other);
  report(title, scores);
  failed ||= scores.every((score) => score >= THRESHOLD);
}
const leaky = measured(leakyDecode, forged([MAC_BYTES - 1, MAC_BYTES]), forged([0, MAC_BYTES]));
report('the same with a comparison that stops at the first difference', leaky);
failed ||= leaky.every((score) => score < THRESHOLD);
process.exitCode = failed ? 1 : 0;

/** The genuine token with the bytes of its MAC from one place to another changed. */
function forged([from, to]) {
  const bytes = Buffer.from(genuine.slice(4), 'base64url');
  const start = bytes.length - MAC_BYTES;
  for (let place = from; place < to; place++) bytes[start + place] ^= 0x55;
  return `jrt_${bytes.toString('base64url')}`;
}

/** @returns |t| of each try, until one is below the threshold */
function measured(decode, one, other) {
  const scores = [];
  do scores.push(welch(...sample(decode, one, other)));
  while (scores.length < TRIES && scores.at(-1) >= THRESHOLD);
  return scores;
}

/** Times of both, in an order that nobody can guess. @returns nanoseconds, without the slowest tenth: there the machine speaks */
function sample(decode, one, other) {
  const count = Number(options.samples);
  for (let warm = 0; warm < 5000; warm++) decode(warm % 2 ? one : other);
  const times = [[], []];
  while (times[0].length < count || times[1].length < count) {
    const which = Math.random() < 0.5 ? 0 : 1;
    const text = which === 0 ? one : other;
    const start = process.hrtime.bigint();
    decode(text);
    times[which].push(Number(process.hrtime.bigint() - start));
  }
  const limit = times.flat().sort((a, b) => a - b)[Math.floor(count * 2 * 0.9)];
  return times.map((list) => list.filter((time) => time <= limit));
}

function welch(one, other) {
  const [a, b] = [momentsOf(one), momentsOf(other)];
  return Math.abs(a.mean - b.mean) / Math.sqrt(a.variance / one.length + b.variance / other.length);
}

function momentsOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

function leakyDecode(text) {
  const bytes = Buffer.from(text.slice(4), 'base64url');
  const right = Buffer.from(genuine.slice(4), 'base64url');
  for (let place = bytes.length - MAC_BYTES; place < bytes.length; place++) if (bytes[place] !== right[place]) return null;
  return bytes;
}

function report(title, scores) {
  console.log(`${title}: |t| ${scores.map((score) => score.toFixed(1)).join(', ')}, threshold ${THRESHOLD}`);
}
