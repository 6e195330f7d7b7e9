// Microseconds to sign and to verify, by algorithm.
import { count, origin, table } from './markdown.mjs';

export function markdown(results) {
  return results.flatMap((result) => [origin([result]), measured(result)]).join('\n\n');
}

function measured({ algorithms }) {
  const rows = Object.entries(algorithms).map(([name, { sign, verify, bytes }]) => [name, count(sign), count(verify), bytes]);
  return table([['algorithm', 'sign µs', 'verify µs', 'bytes'], ...rows]);
}
