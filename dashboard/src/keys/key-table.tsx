import { Checkbox, Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react';
import type { MouseEvent } from 'react';
import type { KeyRow } from '../api/types';
import { go } from '../app/router';
import { UserText } from '../common/user-text';
import type { Column } from './columns';
import type { Sorting } from './key-filters';
import type { KeyListProps } from './key-list';
import classes from './key-table.module.css';

export function KeyTable({ rows, columns, keyHref, sorting, onSort, selection }: KeyListProps & { columns: Column[] }) {
  const allSelected = selection !== undefined && selection.ids.size > 0 && selection.ids.size === selection.selectable.length;
  return (
    <div className={classes.frame}>
      <Table className={classes.table} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {selection && (
              <Table.Th className={classes.check}>
                <Checkbox
                  aria-label="Select all active keys on this page"
                  checked={allSelected}
                  indeterminate={selection.ids.size > 0 && !allSelected}
                  disabled={selection.selectable.length === 0}
                  onChange={(event) => selection.setAll(event.currentTarget.checked)}
                />
              </Table.Th>
            )}
            <Table.Th>Subject</Table.Th>
            {columns.map((column) => (
              <ColumnHead key={column.name} column={column} sorting={sorting} onSort={onSort} />
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <KeyTableRow key={row.id} row={row} columns={columns} href={keyHref(row.id)} selection={selection} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

type RowProps = Pick<KeyListProps, 'selection'> & { row: KeyRow; columns: Column[]; href: string };

function KeyTableRow({ row, columns, href, selection }: RowProps) {
  const open = (event: MouseEvent) => {
    // The link, a checkbox or a text being selected mean something else.
    if ((event.target as Element).closest('a, input, label') || getSelection()?.toString()) return;
    go(href);
  };
  return (
    <Table.Tr onClick={open} className={classes.row} data-status={row.status}>
      {selection && (
        <Table.Td className={classes.check}>
          <Checkbox
            aria-label={`Select key of ${row.subject}`}
            checked={selection.has(row.id)}
            disabled={row.status !== 'active'}
            onChange={() => selection.toggle(row.id)}
          />
        </Table.Td>
      )}
      <Table.Th scope="row" className={classes.subject}>
        <a href={href} className={classes.link}>
          <UserText truncate>{row.subject}</UserText>
        </a>
      </Table.Th>
      {columns.map(({ name, cell }) => (
        <Table.Td key={name} data-column={name}>
          {cell(row)}
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

interface ColumnHeadProps {
  column: Column;
  sorting: Sorting | undefined;
  onSort: ((sorting: Sorting) => void) | undefined;
}

function ColumnHead({ column: { label, sortBy }, sorting, onSort }: ColumnHeadProps) {
  if (!sortBy || !sorting || !onSort) return <Table.Th>{label}</Table.Th>;
  const active = sorting.sort === sortBy;
  const Icon = !active ? IconArrowsSort : sorting.order === 'desc' ? IconArrowDown : IconArrowUp;
  const next: Sorting = { sort: sortBy, order: active && sorting.order === 'desc' ? 'asc' : 'desc' };
  return (
    <Table.Th aria-sort={active ? (sorting.order === 'desc' ? 'descending' : 'ascending') : undefined}>
      <UnstyledButton className={classes.sort} onClick={() => onSort(next)}>
        {label}
        <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}
