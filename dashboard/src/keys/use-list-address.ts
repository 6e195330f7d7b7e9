import { useMemo } from 'react';
import { go, href, useRoute } from '../app/router';
import { readFilters, type Filters } from '../common/filter-fields';
import type { Place } from '../common/pager';
import { KEY_FIELDS, readSorting, type Sorting } from './key-filters';

export interface ListAddress {
  filters: Filters;
  sorting: Sorting;
  place: Place;
  /** The link to a key's drawer, over this very list. */
  keyHref: (id: string) => string;
  setFilters: (filters: Filters) => void;
  setSorting: (sorting: Sorting) => void;
  setPlace: (place: Place) => void;
  openKey: (id: string) => void;
  closeKey: () => void;
}

/** The list's filters, order and page stand in the URL: a link shows a colleague the same. */
export function useListAddress(): ListAddress {
  const { query } = useRoute();
  const text = query.toString();
  return useMemo(() => addressOf(new URLSearchParams(text)), [text]);
}

function addressOf(query: URLSearchParams): ListAddress {
  const filters = readFilters(KEY_FIELDS, query);
  const sorting = readSorting(query);
  const direction = query.get('dir') === 'prev' ? 'prev' : 'next';
  const place: Place = { cursor: query.get('cursor') ?? undefined, direction };
  const current = Object.fromEntries(query);
  const orderParams = ({ sort, order }: Sorting) => ({ sort: sort === 'createdAt' ? '' : sort, order: order === 'desc' ? '' : order });
  const keyHref = (id: string) => href(['keys', id], current);
  return {
    filters,
    sorting,
    place,
    keyHref,
    setFilters: (next) => go(href(['keys'], { ...next, ...orderParams(sorting) })),
    setSorting: (next) => go(href(['keys'], { ...filters, ...orderParams(next) })),
    setPlace: ({ cursor, direction: dir }) => go(href(['keys'], { ...filters, ...orderParams(sorting), cursor, dir: dir === 'prev' ? dir : '' })),
    openKey: (id) => go(keyHref(id)),
    closeKey: () => go(href(['keys'], current)),
  };
}
