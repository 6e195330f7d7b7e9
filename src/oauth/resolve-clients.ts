import { createHash } from 'node:crypto';
import type { OptionsCheck } from '../options-check';
import type { ResolvedOAuthClient } from './oauth-clients';

const CLIENT_MEMBERS = ['id', 'secretHash', 'public', 'audiences'];
const SHA256_IN_HEX = /^[0-9a-f]{64}$/i;
/** RFC 6749 Appendix A.1: `*VSCHAR`. */
const CLIENT_ID = /^[\x20-\x7E]*$/;
const HASH_OF_NOTHING = createHash('sha256').digest('hex');

export function resolveClients(check: OptionsCheck, value: unknown = []): ResolvedOAuthClient[] {
  if (!Array.isArray(value)) check.problem('oauth.clients', 'must be a list');
  const entries: unknown[] = Array.isArray(value) ? value : [];
  const clients = entries.map((entry, index) => resolveClient(check, `oauth.clients[${index}]`, entry));
  check.distinctIds('oauth.clients', clients);
  return clients;
}

function resolveClient(check: OptionsCheck, path: string, value: unknown): ResolvedOAuthClient {
  const { secretHash, public: isPublic, ...given } = check.section(path, value, CLIENT_MEMBERS);
  const id = check.text(`${path}.id`, given.id);
  if (!CLIENT_ID.test(id)) check.problem(`${path}.id`, 'must have no characters but printable ASCII');
  if (isPublic !== undefined) check.flag(`${path}.public`, isPublic);
  if ((isPublic === true) === (secretHash !== undefined)) check.problem(path, 'must have either a secretHash or public: true');
  return {
    id,
    secretHash: secretHash === undefined ? null : resolveHash(check, `${path}.secretHash`, secretHash),
    audiences: given.audiences === undefined ? null : resolveAudiences(check, `${path}.audiences`, given.audiences),
  };
}

/** The value itself is not repeated: somebody may have given the secret. */
function resolveHash(check: OptionsCheck, path: string, value: unknown): Buffer {
  if (typeof value !== 'string' || !SHA256_IN_HEX.test(value)) {
    check.problem(path, 'must be the SHA-256 of the secret in 64 hex digits: printf %s "$SECRET" | sha256sum');
  } else if (value.toLowerCase() === HASH_OF_NOTHING) {
    check.problem(path, 'is the hash of an empty text; was the secret set when it was made?');
  }
  return Buffer.from(String(value), 'hex');
}

function resolveAudiences(check: OptionsCheck, path: string, value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) check.problem(path, 'must be a list with at least one audience');
  return Array.isArray(value) ? value.map((audience, index) => check.text(`${path}[${index}]`, audience)) : [];
}
