import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceRequest } from './device-info';

const TURNS = 2;

interface Connection {
  readonly destroyed?: boolean;
  readonly writableEnded?: boolean;
}

/** An Express request, or a Fastify one. */
interface ConnectedRequest extends DeviceRequest {
  readonly socket?: Connection | null;
  readonly raw?: { readonly socket?: Connection | null };
}

/**
 * Whether nobody waits for the answer to a request any more. A process that stood still reads the request first, and that
 * its client has closed the connection a turn of the event loop later: so it looks after that.
 */
export async function isAbandoned(request: ConnectedRequest | undefined): Promise<boolean> {
  for (let turns = 0; turns < TURNS; turns++) await nextTurn();
  const connection = request?.raw?.socket ?? request?.socket;
  return Boolean(connection && (connection.destroyed || connection.writableEnded));
}
