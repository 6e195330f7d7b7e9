import { RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import type { DemoProcess } from '../support/demo-process';
import { describeOnEveryDatabase, type RunningApp } from '../support/stack';

// `npm run test:nodes` has more of both.
const SESSIONS = Number(process.env.NODES_SESSIONS ?? 16);
const REFRESHES = Number(process.env.NODES_REFRESHES ?? 12);
const AT_A_TIME = 16;
const ADAPTERS = ['express', 'fastify', 'express', 'fastify'];

describeOnEveryDatabase('four processes of both adapters', (stack) => {
  let nodes: DemoProcess[];
  let witness: RunningApp;

  beforeAll(async () => {
    witness = await stack.start();
    const start = (adapter: string) => stack.startDemo({ HTTP_ADAPTER: adapter });
    const [first, ...others] = ADAPTERS;
    // The first one migrates.
    nodes = [await start(first!)];
    nodes.push(...(await Promise.all(others.map(start))));
  });

  /** Logs in, and refreshes at one node after the other. @returns every token that was given out */
  async function liveSession(index: number): Promise<string[]> {
    const tokens = [(await nodes[index % nodes.length]!.login('alice')).body.refresh_token as string];
    while (tokens.length <= REFRESHES) {
      const { status, body } = await nodes[(index + tokens.length) % nodes.length]!.http.refresh(tokens.at(-1));
      if (status !== 200) throw new Error(`refresh ${tokens.length} of session ${index}: ${status} ${body.code}`);
      tokens.push(body.refresh_token as string);
    }
    return tokens;
  }

  it('lose no session and mint nothing twice, whichever of them a refresh comes to', async () => {
    const waiting = Array.from({ length: SESSIONS }).keys();
    const tokens: string[] = [];
    const work = async () => {
      for (const index of waiting) tokens.push(...(await liveSession(index)));
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    await Promise.all(nodes.map((node) => node.stop()));
    expect(new Set(tokens).size).toBe(SESSIONS * (REFRESHES + 1));
    expect(await witness.dataSource.getRepository(RefreshToken).countBy({ generation: REFRESHES })).toBe(SESSIONS);
    const rotated = { type: 'refresh_token.rotated' } as const;
    expect(await witness.dataSource.getRepository(RefreshTokenEventRecord).countBy(rotated)).toBe(SESSIONS * REFRESHES);
  }, 900_000);
});
