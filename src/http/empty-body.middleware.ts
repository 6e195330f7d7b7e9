import type { IncomingMessage } from 'node:http';

/**
 * No body has no type. Some clients say `application/json` all the same (aurelia-authentication's logout does, and so do many that
 * refresh by cookie), and Fastify's parser answers 400 to that before any route hears of it.
 */
export function ignoreTypeOfEmptyBody({ headers }: IncomingMessage, _response: unknown, next: () => void): void {
  if (headers['content-length'] === '0') delete headers['content-type'];
  next();
}
