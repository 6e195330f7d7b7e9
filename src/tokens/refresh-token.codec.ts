import type { RefreshTokenFormat } from '../jwt-refresh.options';
import { EncryptedCodec } from './encrypted.codec';
import { OpaqueCodec, OPAQUE_PREFIX } from './opaque.codec';
import type { SecretKeys, ServerSecrets } from './server-secrets';
import { SignedCodec } from './signed.codec';

/** What a refresh token says, once it has proved to be ours. */
export interface DecodedRefreshToken {
  readonly familyId: string;
  readonly generation: number;
  readonly secret: Buffer;
}

/** A token about to be written down. Equal content always gives equal text. */
export interface RefreshTokenContent extends DecodedRefreshToken {
  /** When this generation began, seconds since 1970. */
  readonly issuedAt: number;
  /** Its idle or absolute end, whichever is first, seconds since 1970. */
  readonly expiresAt: number;
}

/** One outside format. `decode` answers null for whatever it did not make itself. */
export interface RefreshTokenFormatCodec {
  encode(content: RefreshTokenContent, keys: SecretKeys): string | Promise<string>;
  decode(text: string): DecodedRefreshToken | null | Promise<DecodedRefreshToken | null>;
}

const MAX_TOKEN_LENGTH = 2048;

/**
 * Writes tokens in the configured format and reads all formats, so that changing the format logs nobody out. Junk and
 * forgeries end here, before any query.
 */
export class RefreshTokenCodec {
  private readonly codecs: Record<RefreshTokenFormat, RefreshTokenFormatCodec>;

  constructor(
    secrets: ServerSecrets,
    private readonly format: RefreshTokenFormat,
  ) {
    this.codecs = { opaque: new OpaqueCodec(secrets), jwt: new SignedCodec(secrets), jwe: new EncryptedCodec(secrets) };
  }

  async encode(content: RefreshTokenContent, keys: SecretKeys): Promise<string> {
    return this.codecs[this.format].encode(content, keys);
  }

  async decode(text: unknown): Promise<DecodedRefreshToken | null> {
    if (typeof text !== 'string') return null;
    const format = text.length <= MAX_TOKEN_LENGTH ? formatOf(text) : null;
    return format === null ? null : this.codecs[format].decode(text);
  }
}

function formatOf(text: string): RefreshTokenFormat | null {
  if (text.startsWith(OPAQUE_PREFIX)) return 'opaque';
  const segments = text.split('.');
  if (!segments.every(isCanonicalBase64url)) return null;
  return segments.length === 3 ? 'jwt' : segments.length === 5 ? 'jwe' : null;
}

/** Node ignores stray characters and spare bits when it decodes; only the one spelling that encodes back is accepted (RFC 4648 §3.5). */
export function isCanonicalBase64url(text: string): boolean {
  return Buffer.from(text, 'base64url').toString('base64url') === text;
}
