import type { FilterField } from '../common/filter-fields';

export const KEY_FIELDS: readonly FilterField[] = [
  {
    name: 'status',
    label: 'Status',
    kind: 'choice',
    choices: [
      ['active', 'Active'],
      ['expired', 'Expired'],
      ['revoked', 'Revoked'],
    ],
  },
  {
    name: 'kind',
    label: 'Kind',
    kind: 'choice',
    choices: [
      ['session', 'Session'],
      ['key', 'Key'],
    ],
  },
  { name: 'subject', label: 'Subject', kind: 'text' },
  { name: 'audience', label: 'Audience', kind: 'text' },
  { name: 'device', label: 'Device contains', kind: 'text' },
  { name: 'ip', label: 'IP address', kind: 'text' },
  { name: 'jti', label: 'JTI', kind: 'text' },
  { name: 'createdFrom', label: 'Created from', kind: 'instant' },
  { name: 'createdTo', label: 'Created until', kind: 'instant' },
  { name: 'lastUsedFrom', label: 'Last used from', kind: 'instant' },
  { name: 'lastUsedTo', label: 'Last used until', kind: 'instant' },
  { name: 'expiresFrom', label: 'Expires from', kind: 'instant' },
  { name: 'expiresTo', label: 'Expires until', kind: 'instant' },
];

export type SortBy = 'createdAt' | 'lastUsed' | 'expiresAt';
export type Order = 'desc' | 'asc';

export interface Sorting {
  sort: SortBy;
  order: Order;
}

const SORTS: readonly string[] = ['createdAt', 'lastUsed', 'expiresAt'];

export function readSorting(query: URLSearchParams): Sorting {
  const sort = query.get('sort') ?? '';
  return { sort: SORTS.includes(sort) ? (sort as SortBy) : 'createdAt', order: query.get('order') === 'asc' ? 'asc' : 'desc' };
}
