import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A client, ready to be compared with. */
export interface ResolvedOAuthClient {
  readonly id: string;
  /** SHA-256 of its secret; null for a public client, which has none. */
  readonly secretHash: Buffer | null;
  /** The audiences whose families it may use; null for all. */
  readonly audiences: readonly string[] | null;
}

/** What a client says of itself. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string | null;
}

/** Nobody's hash, so that an unknown id costs as much as a wrong secret. */
const NOBODY = randomBytes(32);

/** The client that credentials prove, or null. A public client proves nothing: its id is enough (RFC 6749 §2.1). */
export function findProvenClient(clients: readonly ResolvedOAuthClient[], { id, secret }: ClientCredentials): ResolvedOAuthClient | null {
  const client = clients.find((each) => each.id === id);
  const isSecretRight = timingSafeEqual(hashOf(secret ?? ''), client?.secretHash ?? NOBODY);
  const isProven = secret === null ? client?.secretHash === null : isSecretRight;
  return client && isProven ? client : null;
}

/**
 * Whether a family of this audience may be used by this client, or with null by nobody in particular. Confidential clients
 * that name an audience own its families: RFC 6749 §6, the refresh token is bound to the client it was issued to.
 */
export function mayUse(clients: readonly ResolvedOAuthClient[], clientId: string | null, audience: string): boolean {
  const owners = clients.filter(({ secretHash, audiences }) => secretHash !== null && audiences?.includes(audience));
  if (owners.length > 0) return owners.some(({ id }) => id === clientId);
  const client = clients.find(({ id }) => id === clientId);
  return clientId === null || (client !== undefined && serves(client, audience));
}

/** Whether a client has to do with an audience at all. */
export function serves({ audiences }: ResolvedOAuthClient, audience: string): boolean {
  return audiences === null || audiences.includes(audience);
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
