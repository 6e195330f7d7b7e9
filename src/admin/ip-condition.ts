import { canonicalIp } from '../sessions/device-info';
import type { Condition } from '../storage/search-plan';

/** Addresses are stored in one spelling. No row has what is none; MySQL would not even compare it with a column of ASCII. */
export function ipCondition(given: string, index?: string): Condition {
  const ip = canonicalIp(given);
  return ip === null ? { sql: '1 = 0' } : { sql: '{ip} = :ip', values: { ip }, index };
}
