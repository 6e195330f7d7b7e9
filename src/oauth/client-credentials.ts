import { JwtRefreshError } from '../errors';
import type { ClientCredentials } from './oauth-clients';

/** The parameters of a body that name a client. */
export interface ClientParameters {
  readonly client_id?: string;
  readonly client_secret?: string;
}

const BASIC = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/**
 * What a request says of its client, or null.
 *
 * @throws JwtRefreshError `request_invalid` when it says two things, `client_invalid` when `Basic` can't be read
 */
export function readCredentials(authorization: unknown, body: ClientParameters): ClientCredentials | null {
  const { client_id: id, client_secret: secret = null } = body;
  if (typeof authorization !== 'string' || !/^Basic\b/i.test(authorization)) return id === undefined ? null : { id, secret };
  const basic = readBasic(authorization);
  if (!basic) throw new JwtRefreshError('client_invalid');
  // RFC 6749 §2.3: a client must not use more than one method in a request.
  if (secret !== null || (id !== undefined && id !== basic.id)) {
    throw new JwtRefreshError('request_invalid', { message: 'Authenticate the client by the header or by the body, not by both.' });
  }
  return basic;
}

/** RFC 7617 §2, with id and secret encoded as in a form inside (RFC 6749 §2.3.1). */
function readBasic(authorization: string): ClientCredentials | null {
  const text = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  const id = decode(text.slice(0, Math.max(colon, 0)));
  const secret = decode(text.slice(colon + 1));
  return id && secret !== null ? { id, secret } : null;
}

function decode(encoded: string): string | null {
  try {
    return decodeURIComponent(encoded.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
