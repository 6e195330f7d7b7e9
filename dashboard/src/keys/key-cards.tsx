import { Checkbox, NativeSelect } from '@mantine/core';
import { UserText } from '../common/user-text';
import { COLUMNS, type Column } from './columns';
import type { Order, SortBy } from './key-filters';
import classes from './key-cards.module.css';
import type { KeyListProps } from './key-list';
import { KeyStatus } from './key-status';

export function KeyCards({ rows, columns, keyHref, sorting, onSort, selection }: KeyListProps & { columns: Column[] }) {
  const facts = columns.filter(({ name }) => name !== 'status');
  return (
    <>
      {sorting && onSort && (
        <NativeSelect
          label="Sort by"
          mb="sm"
          data={SORT_CHOICES}
          value={`${sorting.sort} ${sorting.order}`}
          onChange={(event) => {
            const [sort, order] = event.currentTarget.value.split(' ');
            onSort({ sort: sort as SortBy, order: order as Order });
          }}
        />
      )}
      <ul className={classes.cards} aria-label="Keys">
        {rows.map((row) => (
          <li key={row.id} className={classes.card}>
            <div className={classes.head}>
              {selection && (
                <Checkbox
                  aria-label={`Select key of ${row.subject}`}
                  checked={selection.has(row.id)}
                  disabled={row.status !== 'active'}
                  onChange={() => selection.toggle(row.id)}
                />
              )}
              <a href={keyHref(row.id)} className={classes.subject}>
                <UserText>{row.subject}</UserText>
              </a>
              <KeyStatus row={row} />
            </div>
            <dl className={classes.facts}>
              {facts.map(({ name, label, cell }) => (
                <div key={name} className={classes.fact}>
                  <dt>{label}</dt>
                  <dd>{cell(row) ?? '–'}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </>
  );
}

const SORT_CHOICES = COLUMNS.flatMap(({ label, sortBy }) =>
  sortBy
    ? [
        { value: `${sortBy} desc`, label: `${label}, newest first` },
        { value: `${sortBy} asc`, label: `${label}, oldest first` },
      ]
    : [],
);
