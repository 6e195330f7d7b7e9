// The times as a table: of each list the slowest of its orders.

/** @returns Markdown */
export function markdown(results, { rows }) {
  const names = results.map(({ database }) => database);
  const head = [
    `p95 in ms at ${rows.toLocaleString('en')} rows: first page / about the 1,000th / back from there, the slowest order of each`,
    '',
    line(['', ...names]),
    line(['---', ...names.map(() => '---:')]),
  ];
  const kinds = [...new Set(results.flatMap(({ lists }) => lists.map(({ name }) => name)))];
  const lists = kinds.map((name) => line([name, ...results.map((result) => slowest(result.lists.filter((list) => list.name === name)))]));
  const others =
    results[0]?.others.map(({ name }) => line([name, ...results.map((result) => result.others.find((other) => other.name === name)?.p95)])) ?? [];
  const sizes = Object.keys(results[0]?.bytesPerRow ?? {}).map((table) =>
    line([`bytes per row of ${table}`, ...results.map(({ bytesPerRow }) => bytesPerRow[table].all)]),
  );
  return [...head, ...lists, ...others, ...sizes].join('\n');
}

function slowest(lists) {
  const worst = (page) => Math.max(0, ...lists.flatMap((list) => list[page]?.p95 ?? []));
  return ['first', 'deep', 'back'].map((page) => worst(page) || '–').join(' / ');
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}
