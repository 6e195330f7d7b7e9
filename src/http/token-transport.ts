import { Inject, Injectable } from '@nestjs/common';
import { JwtRefreshError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

interface BodyCarrier {
  body?: unknown;
}

/** Knows where the refresh token is in a request. Only the body is read, never the query. */
@Injectable()
export class TokenTransport {
  constructor(@Inject(JWT_REFRESH_RESOLVED_OPTIONS) private readonly options: ResolvedOptions) {}

  /** The token as it was sent, or null for nothing, or for anything but one text (RFC 6749 §3.2: no parameter twice). */
  findRefreshToken({ body }: BodyCarrier): string | null {
    const path = this.options.request.refreshTokenParam.split('.');
    const value = path.reduce<unknown>((node, name) => (isObject(node) && Object.hasOwn(node, name) ? node[name] : undefined), body);
    return typeof value === 'string' && value !== '' ? value : null;
  }

  /** @throws JwtRefreshError `refresh_token_missing` */
  getRefreshToken(request: BodyCarrier): string {
    const token = this.findRefreshToken(request);
    if (token === null) throw new JwtRefreshError('refresh_token_missing');
    return token;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
