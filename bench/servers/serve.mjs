// The other side of start.mjs, inside the server's process.
import { startProfile, stopProfile } from './profiler.mjs';

/** What startServer() was given. */
export const config = JSON.parse(process.argv[2] ?? '{}');

/**
 * @param close runs before the process ends
 * @param own answers to questions of `ask()`, beside those that every server has
 */
export function serve(port, { close = () => undefined, ...own } = {}) {
  const answers = { cpu: cpuMicros, heap: heapBytes, startProfile, stopProfile, ...own };
  process.on('message', async (question) => process.send({ question, answer: await answers[question]() }));
  process.on('disconnect', () => void Promise.resolve(close()).finally(() => process.exit()));
  process.send({ question: 'port', answer: port });
}

/** @returns microseconds of processor time, of all threads */
function cpuMicros() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Needs `--expose-gc`. What the first collection sets free, the second collects. */
function heapBytes() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
