import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { TcpProxy } from '../support/tcp-proxy';
import { Fleet } from './app/fleet';
import { CampaignClock } from './campaign-clock';
import { TokenSample } from './checker/leaks';
import type { Violation } from './checker/rules';
import { Gate } from './gate';
import { Recorder } from './history/recorder';
import { closeConnections } from './network/exchange';
import type { Plan } from './plan';
import { Random } from './random';
import type { DatabaseName, DatabaseUnderTest } from './servers/database-server';
import { DATABASES } from './servers/servers';
import { ACCESS_LIFETIME, GRACE_SECONDS, REFRESH_LIFETIME } from './settings';
import { Turnstile } from './turnstile';
import { noCounts, type World } from './world';

const LOGINS_AT_A_TIME = 3;
const MAIN = resolve('dist-chaos/app/main.cjs');

/** Everything that runs: the database, what stands before it, the app's processes. */
export class Stage {
  readonly logs: string[] = [];
  /** Processes that ended although nobody killed them. */
  readonly crashes: Violation[] = [];

  private constructor(
    readonly database: DatabaseUnderTest,
    readonly databaseProxy: TcpProxy | null,
    readonly random: Random,
  ) {}

  static async set(name: DatabaseName, plan: Plan): Promise<{ stage: Stage; world: World }> {
    const database = await DATABASES[name]();
    const proxy = name === 'sqlite' ? null : await TcpProxy.before(database.url);
    const stage = new Stage(database, proxy, new Random(`${plan.seed}/${name}`));
    try {
      return { stage, world: await stage.createWorld(plan) };
    } catch (error) {
      await stage.clear(null);
      throw error;
    }
  }

  async clear(world: World | null): Promise<void> {
    await world?.fleet.close();
    closeConnections();
    await this.databaseProxy?.close();
    await this.database.remove();
  }

  private async createWorld(plan: Plan): Promise<World> {
    const clock = new CampaignClock();
    const recorder = new Recorder(clock);
    const fleet = await Fleet.start(
      plan.nodes,
      {
        main: MAIN,
        env: this.environment(plan),
        log: (text) => this.logs.push(text),
        endedByItself: (node, lastWords) =>
          this.crashes.push({ rule: 'ended-by-itself', family: null, message: `process ${node} at ${clock.now()}: ${lastWords}` }),
        failedToStart: (node, milliseconds, lastWords) =>
          recorder.failedStarts.push({ node, from: clock.now() - Math.ceil(milliseconds), to: clock.ended(), lastWords }),
      },
      this.random,
    );
    return {
      clock,
      fleet,
      recorder,
      gate: new Gate(),
      wire: new Gate(),
      entrance: new Turnstile(LOGINS_AT_A_TIME),
      sample: new TokenSample(this.random.fork('sample')),
      counts: noCounts(),
      living: new Set(),
      dead: [],
    };
  }

  private environment({ revocation }: Plan): Record<string, string> {
    return {
      DATABASE_URL: this.databaseProxy?.url ?? this.database.url,
      JWT_REFRESH_SECRET: randomBytes(48).toString('base64'),
      ACCESS_LIFETIME: String(ACCESS_LIFETIME),
      REFRESH_LIFETIME: String(REFRESH_LIFETIME),
      GRACE_SECONDS: String(GRACE_SECONDS),
      ...(revocation !== null && { REVOCATION: revocation }),
    };
  }
}
