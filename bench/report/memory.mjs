// Bytes of heap.
import { count, origin, table } from './markdown.mjs';

export function markdown(results) {
  return results.flatMap((result) => [origin([result]), measured(result)]).join('\n\n');
}

function measured({ amounts, app, perFamily, perToken }) {
  return table([
    ['heap after a garbage collection', 'bytes', 'measured with'],
    ['a revoked family that is remembered', count(perFamily), count(amounts.families)],
    ['a token that was verified', count(perToken), count(amounts.tokens)],
    ['an app that has nothing to remember', count(app), ''],
  ]);
}
