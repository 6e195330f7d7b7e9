import type { IncomingMessage } from 'node:http';

/**
 * No body has no type. Some clients say `application/json` all the same (aurelia-authentication's logout does, and so do many that
 * refresh by cookie), and Fastify's parser answers 400 to that before any route hears of it.
 */
export function ignoreTypeOfEmptyBody(request: IncomingMessage, _response: unknown, next: () => void): void {
  if (hasNoBody(request)) delete request.headers['content-type'];
  next();
}

/** RFC 9112 §6.3: a request of HTTP/1 that names no length has no body; one of HTTP/2 may have one. */
function hasNoBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === '0' || (length === undefined && headers['transfer-encoding'] === undefined && httpVersionMajor === 1);
}
