import { sign as signJwt, verify as verifyJwt } from 'jsonwebtoken';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { AccessTokenKey, JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { describeOnEveryDatabase, newSubject, type RunningApp, type Stack } from '../support/stack';
import { SteadyClient, whileLiving } from '../support/steady-client';
import { until } from '../support/until';

type Options = Partial<JwtRefreshModuleOptions>;

const NODES = 2;
const CLIENTS = 8;
const newSecret = () => randomBytes(48).toString('base64');
const SECRETS = ['2025', '2026'].map((id) => ({ id, value: newSecret() }));
const KEYS: AccessTokenKey[] = ['2025', '2026'].map((id) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id, algorithm: 'ES256', privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string };
});

/** A service whose nodes get other options one by one. A node that is replaced gets no more requests. */
class RollingNodes {
  private readonly nodes: RunningApp[] = [];
  private turn = 0;

  constructor(
    private readonly stack: Stack,
    private readonly usual: Options,
  ) {}

  next(): RunningApp {
    return this.nodes[this.turn++ % this.nodes.length]!;
  }

  /** @param served waits until the new node has been asked */
  async roll(options: Options, served: () => Promise<void>): Promise<void> {
    for (let index = 0; index < NODES; index++) {
      this.nodes[index] = await this.stack.start({ ...this.usual, ...options });
      await served();
    }
  }
}

describeOnEveryDatabase('nodes that get other options one by one under load', (stack) => {
  /** Clients live while the nodes get one set of options after another, and each of them refreshes between any two changes. */
  async function expectNobodyRefused([first, ...others]: Options[], usual: Options = {}): Promise<void> {
    const nodes = new RollingNodes(stack, usual);
    await nodes.roll(first!, async () => undefined);
    const clients: SteadyClient[] = [];
    for (let i = 0; i < CLIENTS; i++) clients.push(new SteadyClient(nodes, (await nodes.next().login(newSubject())).refreshToken));
    const everyoneServed = async () => {
      const before = clients.map(({ refreshes }) => refreshes);
      await until(() => clients.every(({ refreshes, refusals }, index) => refreshes > before[index]! + 1 || refusals.length > 0));
    };
    await whileLiving(clients, async () => {
      for (const options of others) await nodes.roll(options, everyoneServed);
    });
    expect(clients.flatMap(({ refusals }) => refusals)).toEqual([]);
  }

  it('refuse nobody while the server secret is replaced', async () => {
    const [old, fresh] = SECRETS;
    await expectNobodyRefused([{ secret: [old!] }, { secret: [old!, fresh!] }, { secret: [fresh!, old!] }]);
  }, 60_000);

  it('refuse nobody while the key of access tokens is replaced', async () => {
    const [old, fresh] = KEYS;
    const steps = [[old!], [old!, fresh!], [fresh!, old!]].map((keys) => ({ accessToken: { keys } }));
    await expectNobodyRefused(steps, { secret: newSecret() });
  }, 60_000);

  it('exchange each token of the system before once, though it comes to several at once and to the same ones again', async () => {
    const oldSecret = newSecret();
    const adoptLegacyToken = (token: string) => {
      try {
        const { sub, iat } = verifyJwt(token, oldSecret) as { sub: string; iat: number };
        return { subject: sub, issuedAt: new Date(iat * 1000) };
      } catch {
        return null;
      }
    };
    const nodes = new RollingNodes(stack, { secret: newSecret(), hooks: { adoptLegacyToken } });
    await nodes.roll({}, async () => undefined);
    const witness = nodes.next();
    const exchanges: { statuses: number[]; sessions: number }[] = [];
    const exchange = async () => {
      const subject = newSubject();
      const token = signJwt({ sub: subject, iat: Math.floor(witness.clock.now() / 1000) - 60 }, oldSecret);
      const present = async () => (await nodes.next().http.refresh(token)).status;
      const statuses = [...(await Promise.all([present(), present(), present()])), await present()];
      exchanges.push({ statuses: statuses.sort(), sessions: (await witness.rows(subject)).length });
    };
    let isOver = false;
    const load = Array.from({ length: CLIENTS }, async () => {
      while (!isOver) await exchange();
    });
    const someMore = async () => {
      const before = exchanges.length;
      await until(() => exchanges.length > before + 2 * CLIENTS);
    };
    await nodes.roll({}, someMore).finally(() => (isOver = true));
    await Promise.all(load);
    for (const exchanged of exchanges) expect(exchanged).toEqual({ statuses: [200, 401, 401, 401], sessions: 1 });
  }, 60_000); // prettier-ignore
});
