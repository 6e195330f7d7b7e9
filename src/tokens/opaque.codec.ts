import { timingSafeEqual } from 'node:crypto';
import { parse as uuidToBytes, stringify as bytesToUuid, validate as isUuid } from 'uuid';
import type { DecodedRefreshToken, RefreshTokenContent, RefreshTokenFormatCodec } from './refresh-token.codec';
import { hmac, type SecretKeys, type ServerSecrets } from './server-secrets';

/** Lets secret scanners recognise a leaked token. */
export const OPAQUE_PREFIX = 'jrt_';

const VERSION = 1;
const UUID_BYTES = 16;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const MAC_BYTES = 32;
const FIXED_BYTES = 2 + UUID_BYTES + GENERATION_BYTES + SECRET_BYTES + MAC_BYTES;

/**
 * `jrt_` + base64url of: version (1 byte) ‖ length of secret id (1) ‖ secret id ‖ family id (16) ‖ generation (4, big
 * endian) ‖ secret (32) ‖ HMAC-SHA-256 of all before (32).
 */
export class OpaqueCodec implements RefreshTokenFormatCodec {
  constructor(private readonly secrets: ServerSecrets) {}

  encode(content: RefreshTokenContent, keys: SecretKeys): string {
    const secretId = Buffer.from(keys.id);
    const generation = Buffer.alloc(GENERATION_BYTES);
    generation.writeUInt32BE(content.generation);
    const body = Buffer.concat([Buffer.of(VERSION, secretId.length), secretId, uuidToBytes(content.familyId), generation, content.secret]);
    return OPAQUE_PREFIX + Buffer.concat([body, hmac(keys.mac, body)]).toString('base64url');
  }

  decode(text: string): DecodedRefreshToken | null {
    const encoded = text.slice(OPAQUE_PREFIX.length);
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.toString('base64url') !== encoded || !hasShape(bytes)) return null;
    const body = bytes.subarray(0, -MAC_BYTES);
    const idEnd = 2 + body.readUInt8(1);
    const keys = this.secrets.find(body.toString('latin1', 2, idEnd));
    if (!keys || !timingSafeEqual(hmac(keys.mac, body), bytes.subarray(-MAC_BYTES))) return null;
    return readFields(body.subarray(idEnd));
  }
}

function hasShape(bytes: Buffer): boolean {
  return bytes.length > FIXED_BYTES && bytes[0] === VERSION && bytes.length === FIXED_BYTES + bytes.readUInt8(1);
}

function readFields(fields: Buffer): DecodedRefreshToken | null {
  const familyId = bytesToUuid(fields.subarray(0, UUID_BYTES));
  if (!isUuid(familyId)) return null;
  const generation = fields.readUInt32BE(UUID_BYTES);
  return { familyId, generation, secret: fields.subarray(UUID_BYTES + GENERATION_BYTES) };
}
