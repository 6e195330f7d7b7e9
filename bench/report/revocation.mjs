// How long a revoked access token is still taken elsewhere.
import { DATABASES, origin, table } from './markdown.mjs';

const TARGETS = { poll: { figure: 'max', atMost: 1500 }, Redis: { figure: 'p99', atMost: 50 } };

export function markdown(results) {
  const rows = results.flatMap(({ database, clusters }) => clusters.map((cluster) => row(DATABASES[database], cluster)));
  const bulks = results.flatMap(({ database, bulk }) => (bulk ? [bulkRow(DATABASES[database], bulk)] : []));
  const parts = [
    origin(results),
    table([['nodes learn by', 'p50 ms', 'p99 ms', 'max ms', 'target'], ...rows]),
    bulks.length > 0 &&
      table([['ended at once', 'seconds', 'known after ms', 'longest lag ms, ≤ 1500', 'guard, requests/s and p99 ms', 'before'], ...bulks]),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function bulkRow(database, { families, seconds, knownAfterMs, longestLagMs, timesStale, calm, busy }) {
  const lag = `${longestLagMs} ${timesStale === 0 ? '✓' : '✗'}`;
  const load = ({ perSecond, p99 }) => `${perSecond.toLocaleString('en')} · ${p99}`;
  return [`${families.toLocaleString('en')} sessions, ${database}`, seconds, knownAfterMs, lag, load(busy), load(calm)];
}

function row(database, { nodes, way, p50, p99, max }) {
  const { figure, atMost } = TARGETS[way];
  const met = { p99, max }[figure] <= atMost;
  return [`${way}, ${nodes} nodes, ${database}`, p50, p99, max, `${figure} ≤ ${atMost} ${met ? '✓' : '✗'}`];
}
