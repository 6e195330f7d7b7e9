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
 * Whether nobody waits for the answer to a request any more. A process that was paused reads the request a turn of the event
 * loop before it reads that the connection was closed: so it looks two turns later.
 */
export async function isAbandoned(request: ConnectedRequest | undefined): Promise<boolean> {
  for (let turns = 0; turns < TURNS; turns++) await nextTurn();
  const connection = request?.raw?.socket ?? request?.socket;
  return Boolean(connection && (connection.destroyed || connection.writableEnded));
}
