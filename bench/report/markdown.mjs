// Words and tables that the reports share.

/** In the order of the page. */
export const DATABASES = { mariadb: 'MariaDB', mysql: 'MySQL', postgres: 'PostgreSQL', sqlite: 'SQLite' };

/** @param rows lists of cells; the first is the head */
export function table([head, ...rows]) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Where the figures come from, once for all results of one run. */
export function origin(results) {
  const runs = new Set(results.map(({ run: { at, node, cpus } }) => `${at.slice(0, 10)}, Node ${node.slice(1)}, ${cpus}`));
  const servers = results.map(({ server }) => server).filter(Boolean);
  return [...runs, ...servers].map((text) => `${text}.`).join(' ');
}

export function count(number) {
  return Math.round(number).toLocaleString('en');
}

export function ratio(number) {
  return number.toFixed(2);
}

/** @param bound `{ atLeast }` or `{ atMost }` */
export function verdict(number, { atLeast, atMost }) {
  if (number === null) return '–';
  const met = atLeast === undefined ? number <= atMost : number >= atLeast;
  return `${ratio(number)} ${met ? '✓' : '✗'}`;
}
