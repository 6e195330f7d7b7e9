import type { ReactNode } from 'react';
import type { KeyRow } from '../api/types';
import { href } from '../app/router';
import { Instant } from '../common/instant';
import { UserText } from '../common/user-text';
import { Device } from './device';
import type { SortBy } from './key-filters';
import { KeyStatus } from './key-status';

export interface Column {
  name: string;
  label: string;
  sortBy?: SortBy;
  cell: (row: KeyRow) => ReactNode;
}

export const KIND_NAMES = { session: 'Session', key: 'Key' } as const;

export const COLUMNS: readonly Column[] = [
  { name: 'device', label: 'Device', cell: (row) => <Device device={row.deviceInfo} /> },
  { name: 'kind', label: 'Kind', cell: (row) => KIND_NAMES[row.kind] },
  { name: 'audience', label: 'Audience', cell: (row) => <UserText truncate>{row.audience}</UserText> },
  { name: 'label', label: 'Label', cell: (row) => (row.label ? <UserText truncate>{row.label}</UserText> : null) },
  { name: 'created', label: 'Created', sortBy: 'createdAt', cell: (row) => <Instant at={row.createdAt} /> },
  { name: 'lastUsed', label: 'Last used', sortBy: 'lastUsed', cell: (row) => <Instant at={row.lastUsed} /> },
  { name: 'expires', label: 'Expires', sortBy: 'expiresAt', cell: (row) => <Instant at={row.expiresAt} /> },
  { name: 'generation', label: 'Generation', cell: (row) => row.generation },
  { name: 'status', label: 'Status', cell: (row) => <KeyStatus row={row} /> },
];

export const SubjectLink = ({ subject }: { subject: string }) => (
  <a href={href(['subjects', subject])}>
    <UserText>{subject}</UserText>
  </a>
);
