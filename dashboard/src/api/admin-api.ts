import { download, getJson, postJson, type Query } from './request';
import type {
  AuditEvent,
  BulkResult,
  BulkRevocation,
  IssuedKey,
  KeyDetail,
  KeyRow,
  LookedUpKey,
  NewKey,
  Page,
  Range,
  Settings,
  Stats,
} from './types';

const keyPath = (id: string): string => `/${encodeURIComponent(id)}`;

export const adminApi = {
  listKeys: (query: Query, signal?: AbortSignal) => getJson<Page<KeyRow>>('', query, signal),
  getKey: (id: string, signal?: AbortSignal) => getJson<KeyDetail>(keyPath(id), {}, signal),
  createKey: (key: NewKey) => postJson<IssuedKey>('', key),
  revokeKey: (id: string, reason?: string) => postJson<KeyRow>(`${keyPath(id)}/revoke`, reason ? { reason } : {}),
  revokeMany: (revocation: BulkRevocation) => postJson<BulkResult>('/revoke', revocation),
  lookUp: (token: string) => postJson<LookedUpKey>('/lookup', { token }),
  getStats: (range: Range, signal?: AbortSignal) => getJson<Stats>('/stats', { range }, signal),
  listEvents: (query: Query, signal?: AbortSignal) => getJson<Page<AuditEvent>>('/events', query, signal),
  getSettings: (signal?: AbortSignal) => getJson<Settings>('/settings', {}, signal),
  exportKeys: (query: Query) => download('/export.csv', query),
  exportEvents: (query: Query) => download('/events.csv', query),
};
