import { JwtService } from '@nestjs/jwt';
import { decodeProtectedHeader } from 'jose';
import type { DecodedRefreshToken, RefreshTokenContent, RefreshTokenFormatCodec } from './refresh-token.codec';
import { fromClaims, toClaims, type SealedClaims } from './sealed-claims';
import type { SecretKeys, ServerSecrets } from './server-secrets';

const TYPE = 'rt+jwt';

/** A JWT signed with HS256 under a key of its own; `typ` keeps it from being taken for an access token (RFC 8725 §3.11). */
export class SignedCodec implements RefreshTokenFormatCodec {
  private readonly jwt = new JwtService();

  constructor(private readonly secrets: ServerSecrets) {}

  encode(content: RefreshTokenContent, keys: SecretKeys): string {
    const header = { alg: 'HS256' as const, typ: TYPE, kid: keys.id };
    return this.jwt.sign(toClaims(content), { privateKey: keys.signature, algorithm: 'HS256', header });
  }

  decode(text: string): DecodedRefreshToken | null {
    try {
      const { typ, kid } = decodeProtectedHeader(text);
      const keys = typ === TYPE && typeof kid === 'string' ? this.secrets.find(kid) : null;
      if (!keys) return null;
      const options = { algorithms: ['HS256' as const], ignoreExpiration: true };
      return fromClaims(new JwtService({ secret: keys.signature }).verify<SealedClaims>(text, options));
    } catch {
      return null;
    }
  }
}
