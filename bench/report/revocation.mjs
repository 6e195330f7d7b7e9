// How long a revoked access token is still taken elsewhere.
import { DATABASES, origin, table } from './markdown.mjs';

const TARGETS = {
  poll: { figure: 'max', atMost: 1500 },
  Redis: { figure: 'p99', atMost: 50 },
  'Redis killed and back': { figure: 'max', atMost: 1500 },
};

export function markdown(results) {
  const rows = results.flatMap(({ database, clusters }) => clusters.map((cluster) => row(DATABASES[database], cluster)));
  return [origin(results), table([['nodes learn by', 'p50 ms', 'p99 ms', 'max ms', 'target'], ...rows])].join('\n\n');
}

function row(database, { nodes, way, p50, p99, max }) {
  const { figure, atMost } = TARGETS[way];
  const met = { p99, max }[figure] <= atMost;
  return [`${way}, ${nodes} nodes, ${database}`, p50, p99, max, `${figure} ≤ ${atMost} ${met ? '✓' : '✗'}`];
}
