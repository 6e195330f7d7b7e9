import { useMediaQuery } from '@mantine/hooks';
import type { KeyRow } from '../api/types';
import { COLUMNS } from './columns';
import type { Sorting } from './key-filters';
import { KeyCards } from './key-cards';
import { KeyTable } from './key-table';
import type { Selection } from './selection';

export interface KeyListProps {
  rows: KeyRow[];
  hidden: string[];
  keyHref: (id: string) => string;
  sorting?: Sorting;
  onSort?: (sorting: Sorting) => void;
  /** Absent: rows cannot be selected. */
  selection?: Selection;
}

/** A table where there is room, cards where there is not. */
export function KeyList(props: KeyListProps) {
  const narrow = useMediaQuery('(max-width: 62em)', false, { getInitialValueInEffect: false });
  const columns = COLUMNS.filter(({ name }) => !props.hidden.includes(name));
  return narrow ? <KeyCards {...props} columns={columns} /> : <KeyTable {...props} columns={columns} />;
}
