import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DemoProcess } from '../support/demo-process';
import { describeOnEveryDatabase } from '../support/stack';
import { SteadyClient, whileLiving } from '../support/steady-client';

const { UPGRADE_FROM } = process.env;
const CLIENTS = 8;
const SIDE_BY_SIDE_MS = 3000;

describeOnEveryDatabase('this version and the one before, on one database', (stack) => {
  if (!UPGRADE_FROM) throw new Error('Run npm run upgrade -- --from <git ref>: it builds the version before.');
  const startOld = () => stack.startDemo({}, join(UPGRADE_FROM, 'dist-demo/demo/main.js'));
  const startNew = () => stack.startDemo();

  it('share their sessions: nobody is refused while migrations run, nodes of both serve, and the old ones go', async () => {
    let nodes: DemoProcess[] = [await startOld(), await startOld()];
    const old = [...nodes];
    let turn = 0;
    const balancer = { next: () => nodes[turn++ % nodes.length]! };
    const tokens = await Promise.all(Array.from({ length: CLIENTS }, async () => (await balancer.next().login('alice')).body.refresh_token as string));
    const clients = tokens.map((token) => new SteadyClient(balancer, token));
    const refreshes = () => clients.reduce((sum, client) => sum + client.refreshes, 0);
    const phases: number[] = [];
    const serve = async () => {
      const before = refreshes();
      await wait(SIDE_BY_SIDE_MS);
      phases.push(refreshes() - before);
    };
    await whileLiving(clients, async () => {
      await serve();
      nodes = [...nodes, await startNew(), await startNew()];
      await serve();
      nodes = nodes.filter((node) => !old.includes(node));
      for (const node of old) await node.stop();
      await serve();
    });
    expect(clients.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(phases).toHaveLength(3);
    for (const count of phases) expect(count).toBeGreaterThan(CLIENTS);
  }, 120_000); // prettier-ignore

  it('give one successor to a token that is refreshed with one and retried with the other', async () => {
    const [before, after] = [await startOld(), await startNew()];
    for (const [first, second] of [[before, after], [after, before]] as const) {
      const { refresh_token: token } = (await first.login('bob')).body;
      const answers = [await first.http.refresh(token), await second.http.refresh(token)];
      expect(answers.map(({ status }) => status)).toEqual([200, 200]);
      expect(answers[1]!.body.refresh_token).toBe(answers[0]!.body.refresh_token);
      const next = await second.http.refresh(answers[0]!.body.refresh_token);
      expect((await first.http.refresh(token)).body.code).toBe('refresh_token_reused');
      expect((await second.http.refresh(next.body.refresh_token)).body.code).toBe('refresh_token_revoked');
    }
  }, 120_000); // prettier-ignore
});
