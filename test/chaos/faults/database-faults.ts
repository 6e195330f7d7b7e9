import { setTimeout as sleep } from 'node:timers/promises';
import type { TcpProxy } from '../../support/tcp-proxy';
import type { Turnstile } from '../turnstile';
import type { DatabaseFaults } from '../servers/database-server';
import { tally } from '../world';
import type { Fault } from './fault';

/** The server dies, and comes back with what it has on disk. */
export const killDatabase = (mean: number, faults: DatabaseFaults, oneAtATime: Turnstile): Fault => ({
  name: 'kill database',
  mean,
  // Where machines are slow, no process would ever get as far as to serve: each needs the database to start.
  strike: ({ counts, recorder, fleet }, random) =>
    oneAtATime.run(async () => {
      await fleet.pick(random);
      counts.databaseKills++;
      await recorder.trouble({ kind: 'database' }, async () => {
        await faults.kill();
        await faults.start();
      });
    }),
});

const READ_ONLY_MS = { short: 2000, long: 10_000 };
/** A failover that takes its time. */
const FAILOVER_MS = 30_000;

/** As in a failover: connections break, and the server that answers now takes no writes for a while. */
export const turnReadOnly = (mean: number, faults: DatabaseFaults, proxy: TcpProxy, oneAtATime: Turnstile, chanceOfFailover: number): Fault => ({
  name: 'read-only',
  mean,
  strike: ({ counts, recorder }, random) =>
    oneAtATime.run(async () => {
      counts.readOnlyPhases++;
      await recorder.trouble({ kind: 'database' }, async () => {
        await faults.setReadOnly(true);
        proxy.cut();
        proxy.restore();
        await sleep(random.chance(chanceOfFailover) ? FAILOVER_MS : random.between(READ_ONLY_MS.short, READ_ONLY_MS.long));
        await faults.setReadOnly(false);
      });
    }),
});

/** Where connections break: at any statement, a rotation, a revocation or another change, the commit of a reuse. */
const PLACES = { any: 3, rotation: 4, change: 2, commit: 2 };
const PATIENCE_MS = 1000;

/** One connection breaks, before its statement arrives or before the acknowledgement does. */
export const cutConnections = (mean: number, proxy: TcpProxy, rotation: string): Fault => ({
  name: 'cut connection',
  mean,
  strike: async ({ counts, recorder }, random) => {
    const words = { any: '', rotation, change: 'UPDATE', commit: 'COMMIT' };
    const place = random.weighted(PLACES);
    const cut = proxy.breakAt(words[place], random.weighted({ statement: 1, reply: 2 }));
    const patience = setTimeout(() => proxy.callOff(), PATIENCE_MS);
    const struck = await cut;
    clearTimeout(patience);
    if (!struck) return;
    recorder.moment('cut');
    counts.connectionsCut++;
    tally(counts.cuts, place);
  },
});
