import type { TcpProxy } from '../../support/tcp-proxy';
import { Turnstile } from '../turnstile';
import type { DatabaseUnderTest } from '../servers/database-server';
import { jumpClocks, skewClocks } from './clock-faults';
import { cutConnections, killDatabase, turnReadOnly } from './database-faults';
import type { Fault } from './fault';
import { killApps, pauseApps } from './process-faults';

/** A failover that takes half a minute would be all that a short campaign sees. */
const chanceOfFailover = (seconds: number) => (seconds < 300 ? 0 : 0.2);

/** What goes wrong, and how often: the mean number of milliseconds from the end of one to the next of its kind. */
export function faultsFor({ faults, rotation }: DatabaseUnderTest, proxy: TcpProxy | null, seconds: number): Fault[] {
  const processes = new Turnstile(1);
  const database = new Turnstile(1);
  return [
    killApps(1500),
    pauseApps(25_000, processes),
    skewClocks(3000),
    jumpClocks(40_000, processes),
    ...(proxy ? [cutConnections(700, proxy, rotation)] : []),
    ...(faults ? [killDatabase(15_000, faults, database)] : []),
    ...(faults && proxy ? [turnReadOnly(45_000, faults, proxy, database, chanceOfFailover(seconds))] : []),
  ];
}
