import type { ExecutionContext } from '@nestjs/common';
import type { DeviceRequest } from '../sessions/device-info';
import type { RefreshToken } from '../sessions/refresh-token.entity';
import type { AccessTokenClaims } from '../tokens/access-token.service';

/** What a guard reads from and writes to, whatever the transport: a request, or a WebSocket client. */
export interface Carrier extends DeviceRequest {
  method?: string;
  /** The path and the query. */
  url?: string;
  body?: unknown;
  user?: AccessTokenClaims;
  /** Set by `JwtRefreshGuard`. */
  refreshSession?: RefreshToken;
  /** socket.io's; `auth.token` is where its clients put a token. */
  handshake?: { headers?: DeviceRequest['headers']; auth?: { token?: unknown } };
  /** The upgrade request, where a `ws` gateway keeps it. */
  upgradeReq?: DeviceRequest;
}

interface GraphqlContext {
  req?: Carrier;
  request?: Carrier;
  reply?: { request?: Carrier };
}

/** RFC 6750 §2.1; the scheme ignores case (RFC 9110 §11.1). */
const BEARER = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** Finds the carrier without importing GraphQL or WebSocket packages. */
export function carrierOf(context: ExecutionContext): Carrier {
  switch (context.getType<string>()) {
    case 'graphql':
      return graphqlRequest(context.getArgByIndex<GraphqlContext>(2));
    case 'ws':
      return context.switchToWs().getClient<Carrier>();
    default:
      return context.switchToHttp().getRequest<Carrier>();
  }
}

/** Whatever stands where a bearer token should: null for nothing at all, an unusable text as it is. */
export function bearerTokenOf(carrier: Carrier): string | null {
  const token = carrier.handshake?.auth?.token;
  if (typeof token === 'string') return token;
  const headers = carrier.headers ?? carrier.handshake?.headers ?? carrier.upgradeReq?.headers;
  const authorization = headers?.authorization;
  if (typeof authorization !== 'string' || !/^Bearer\b/i.test(authorization)) return null;
  return BEARER.exec(authorization)?.[1] ?? '';
}

function graphqlRequest(context: GraphqlContext = {}): Carrier {
  return context.req ?? context.request ?? context.reply?.request ?? {};
}
