import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose';
import type { DecodedRefreshToken, RefreshTokenContent, RefreshTokenFormatCodec } from './refresh-token.codec';
import { fromClaims, toClaims, type SealedClaims } from './sealed-claims';
import { hmac, type SecretKeys, type ServerSecrets } from './server-secrets';

const TYPE = 'rt+jwe';
const IV_BYTES = 12;

/**
 * A JWE, direct encryption with A256GCM (RFC 7518 §4.5, §5.3): only the server can read it. A retry must get the very
 * same text, so the IV is derived from the content by a key of its own; content differs from token to token by its
 * 256-bit secret, so two contents share an IV only if 96 bits of HMAC collide.
 */
export class EncryptedCodec implements RefreshTokenFormatCodec {
  constructor(private readonly secrets: ServerSecrets) {}

  encode(content: RefreshTokenContent, keys: SecretKeys): Promise<string> {
    const plaintext = Buffer.from(JSON.stringify(toClaims(content)));
    return new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: TYPE, kid: keys.id })
      .setInitializationVector(hmac(keys.nonce, plaintext).subarray(0, IV_BYTES))
      .encrypt(keys.encryption);
  }

  async decode(text: string): Promise<DecodedRefreshToken | null> {
    try {
      const { typ, kid } = decodeProtectedHeader(text);
      const keys = typ === TYPE && typeof kid === 'string' ? this.secrets.find(kid) : null;
      if (!keys) return null;
      const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] };
      const { plaintext } = await compactDecrypt(text, keys.encryption, options);
      return fromClaims(JSON.parse(Buffer.from(plaintext).toString()) as SealedClaims);
    } catch {
      return null;
    }
  }
}
