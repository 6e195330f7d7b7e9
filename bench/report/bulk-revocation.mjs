// What it costs a node to hear of many revocations at once.
import { count, DATABASES, origin, table } from './markdown.mjs';

const HEAD = ['ended at once', 'seconds', 'known after ms', 'longest lag ms, ≤ 1500', 'guard, requests/s · p99 ms', 'before'];

export function markdown(results) {
  return [origin(results), table([HEAD, ...results.map(row)])].join('\n\n');
}

function row({ database, families, seconds, knownAfterMs, longestLagMs, timesStale, calm, busy }) {
  const lag = `${longestLagMs} ${timesStale === 0 ? '✓' : '✗'}`;
  return [`${count(families)} sessions, ${DATABASES[database]}`, seconds, knownAfterMs, lag, load(busy), load(calm)];
}

function load({ perSecond, p99 }) {
  return `${count(perSecond)} · ${p99}`;
}
