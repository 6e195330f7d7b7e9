// What more rows cost, a column for each number of them.
import { medianRatio } from '../load/rounds.mjs';
import { count, DATABASES, origin, ratio, table, verdict } from './markdown.mjs';

const ROTATE = { atLeast: 0.85 };
const PRUNE = { atMost: 2 };
const FAMILY = { atMost: 700 };

export function markdown(results) {
  return [origin(results), ...results.map(measured)].join('\n\n');
}

function measured({ database, sizes }) {
  const row = (name, cell) => [name, ...sizes.map((size) => cell(size) ?? '–')];
  return table([
    [DATABASES[database], ...sizes.map(({ rows }) => `${count(rows)} rows`)],
    row('refreshes/s', ({ rotate }) => `${count(rotate.perSecond)} · p99 ${rotate.p99} ms`),
    row(`÷ those at ${count(sizes[0].rows)}, ≥ ${ROTATE.atLeast}`, ({ rotate }) =>
      verdict(medianRatio(rotate, sizes[0].rotate, 'perSecond'), ROTATE),
    ),
    row(`bytes a family with indexes, ≤ ${FAMILY.atMost}`, ({ bytesPerRow }) => bytesCell(Object.values(bytesPerRow)[0].all)),
    row('UPDATE ÷ with one index', ({ indexes }) => indexes && ratio(indexes.indexed / indexes.plain)),
    row('list, first page, p95 ms', ({ lists }) => slowest(lists, 'first')),
    row('about the 1,000th page', ({ lists }) => slowest(lists, 'deep')),
    ...sizes[0].others.map(({ name }, index) => row(`${name}, p95 ms`, ({ others }) => others[index].p95)),
    row('pruned families/s under load', ({ prune }) => prune && `${count(prune.families / prune.seconds)} · ${count(prune.families)} in all`),
    row(`refresh p99 ÷ without pruning, ≤ ${PRUNE.atMost}`, ({ prune }) => prune && verdict(prune.busy.p99 / prune.calm.p99, PRUNE)),
  ]);
}

function bytesCell(bytes) {
  return `${bytes} ${bytes <= FAMILY.atMost ? '✓' : '✗'}`;
}

function slowest(lists, page) {
  return Math.max(0, ...lists.flatMap((list) => list[page]?.p95 ?? [])) || null;
}
