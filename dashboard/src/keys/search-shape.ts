import { looksLikeToken } from '../common/filter-fields';

export type Search = { by: 'token' | 'id' | 'jti' | 'ip' | 'subject'; value: string };

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ID = new RegExp(`^${UUID}$`, 'i');
const JTI = new RegExp(`^${UUID}\\.\\d+$`, 'i');
const IPV4 = /^(\d{1,3}\.){3}\d{1,3}$/;
const IPV6 = /^(?=.*:.*:)[0-9a-f:]+(\d{1,3}(\.\d{1,3}){3})?$/i;

/** What an administrator pasted, told by its shape. */
export function shapeOf(text: string): Search | null {
  const value = text.trim().replace(/^bearer\s+/i, '');
  if (!value) return null;
  if (looksLikeToken(value)) return { by: 'token', value };
  if (ID.test(value)) return { by: 'id', value: value.toLowerCase() };
  if (JTI.test(value)) return { by: 'jti', value: value.toLowerCase() };
  if (IPV4.test(value) || IPV6.test(value)) return { by: 'ip', value };
  return { by: 'subject', value };
}
