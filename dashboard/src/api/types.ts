/** The admin API's shapes by the dashboard's names for them. They come from the API's description. */
import type { components } from './openapi';

type Schemas = components['schemas'];

export type KeyRow = Schemas['RefreshToken'];
export type KeyDetail = Schemas['RefreshTokenDetails'];
export type IssuedKey = Schemas['CreatedRefreshToken'];
export type LookedUpKey = Schemas['LookedUpRefreshToken'];
export type PresentedToken = LookedUpKey['presented'];
export type Kind = KeyRow['kind'];
export type Status = KeyRow['status'];
export type DeviceInfo = Schemas['DeviceInfo'];
export type NewKey = Schemas['CreateKeyBody'];

export type AuditEvent = Schemas['RefreshTokenEvent'];
export type EventType = AuditEvent['type'];

export type Total = Schemas['RefreshTokenTotal'];

/** Both lists have pages of one shape. */
export type Page<Row> = Omit<Schemas['RefreshTokenPage'], 'data'> & { data: Row[] };

export type Stats = Schemas['RefreshTokenStatistics'];
export type Range = Stats['range'];
export type Counts = Omit<Schemas['RefreshTokenCounts'], 'at'>;
export type Settings = Schemas['RefreshTokenSettings'];

/** The list's filter as it stands in an address, and what only a revocation takes. */
export interface RevokeFilter {
  [name: string]: string | string[] | undefined;
  ids?: string[];
  exceptId?: string;
}

export interface BulkRevocation {
  filter: RevokeFilter;
  reason: string;
  dryRun?: boolean;
}

export type BulkResult = Schemas['RevokedRefreshTokens'];

/** What any server may answer instead, its own or a proxy's. */
export interface ErrorBody {
  statusCode?: number;
  error?: string;
  code?: string;
  message?: string | string[];
}
