import { type CustomDecorator, SetMetadata } from '@nestjs/common';

export const ADMIN_ACTION = 'jwt-refresh:admin-action';

/** What a route of the admin API does, for its guard and the audit log. */
export interface AdminActionInfo {
  readonly name: string;
  /** Whether it changes something. */
  readonly changes: boolean;
  /** Whether it needs a fresh login, where the host demands one. */
  readonly needsFreshLogin: boolean;
}

/** Marks a route that changes something: refused where the admin API is read-only. */
export const Changes = (name: string): CustomDecorator => SetMetadata(ADMIN_ACTION, { name, changes: true, needsFreshLogin: false });

/** Marks a change with wide effect: it needs a fresh login besides. */
export const ChangesMuch = (name: string): CustomDecorator => SetMetadata(ADMIN_ACTION, { name, changes: true, needsFreshLogin: true });
