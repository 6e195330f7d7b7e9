import type { EventEmitter } from 'node:events';
import type { DataSource } from 'typeorm';

interface PostgresPool {
  on(event: 'connect', listener: (connection: EventEmitter) => void): unknown;
}

/**
 * Lets no lost connection end the process. The pool stops listening for a connection's errors when it hands it out, and
 * TypeORM begins a little later: a server that dies just then would be an error that nobody hears.
 */
export function surviveLostConnections({ driver, options }: DataSource): void {
  if (options.type !== 'postgres') return;
  const { master, slaves = [] } = driver as { master?: PostgresPool; slaves?: PostgresPool[] };
  for (const pool of [master, ...slaves]) pool?.on('connect', (connection) => connection.on('error', () => undefined));
}
