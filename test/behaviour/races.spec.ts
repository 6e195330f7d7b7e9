import { decodeJwt } from 'jose';
import { setTimeout as wait } from 'node:timers/promises';
import type { DemoProcess } from '../support/demo-process';
import type { Answer } from '../support/http';
import { describeOnEveryDatabase } from '../support/stack';

const SIMULTANEOUS = 50;
const ROUNDS = 200;
const LOGOUT_RACES = Number(process.env.LOGOUT_RACES ?? 100);

type Nodes = [DemoProcess, DemoProcess];

describeOnEveryDatabase('races between two processes', (stack) => {
  let nodes: Nodes;

  /** Two processes on one database, one on each adapter. */
  const startNodes = async (env: Record<string, string> = {}): Promise<Nodes> => [
    await stack.startDemo({ HTTP_ADAPTER: 'express', ...env }),
    await stack.startDemo({ HTTP_ADAPTER: 'fastify', ...env }),
  ];
  const present = (token: string, to = nodes): Promise<Answer[]> =>
    Promise.all(Array.from({ length: SIMULTANEOUS }, (_, i) => to[i % 2]!.http.refresh(token)));
  const distinct = (answers: Answer[], read: (answer: Answer) => unknown): unknown[] => [...new Set(answers.map(read))];

  beforeAll(async () => {
    nodes = await startNodes({ REVOCATION: 'strict' });
  });

  it(`gives ${SIMULTANEOUS} simultaneous refreshes of one token one successor, ${ROUNDS} times over, and revokes nobody`, async () => {
    let token: string = (await nodes[0].login('alice')).body.refresh_token;
    for (let round = 1; round <= ROUNDS; round++) {
      const answers = await present(token);
      expect(distinct(answers, ({ status }) => status)).toEqual([200]);
      expect(distinct(answers, ({ body }) => body.refresh_token)).toHaveLength(1);
      expect(distinct(answers, ({ body }) => decodeJwt(body.access_token).gen)).toEqual([round]);
      token = answers[0]!.body.refresh_token;
    }
  }, 180_000);

  it('lets exactly one of many simultaneous refreshes through without a grace period and revokes the family for the others', async () => {
    const strict = await startNodes({ GRACE_SECONDS: '0' });
    for (let session = 0; session < 10; session++) {
      const answers = await present((await strict[0].login('bob')).body.refresh_token, strict);
      const winners = answers.filter(({ status }) => status === 200);
      const losers = answers.filter(({ status }) => status !== 200);
      expect(winners).toHaveLength(1);
      expect(distinct(losers, ({ status, body }) => `${status} ${body.code}`)).toEqual(['401 refresh_token_reused']);
      expect((await strict[1].http.refresh(winners[0]!.body.refresh_token)).body.code).toBe('refresh_token_revoked');
    }
  }, 60_000);

  it(
    'leaves every token of a session dead once a logout that raced a refresh is acknowledged',
    async () => {
      for (let round = 0; round < LOGOUT_RACES; round++) {
        const login = (await nodes[0].login('alice')).body;
        const [refreshed] = await Promise.all([
          soon(() => nodes[0].http.refresh(login.refresh_token)),
          soon(() => nodes[1].http.logout(login.refresh_token)),
        ]);
        for (const token of [login.refresh_token, refreshed.body.refresh_token ?? login.refresh_token]) {
          expect((await nodes[round % 2]!.http.refresh(token)).body.code).toBe('refresh_token_revoked');
        }
        const dead = await nodes[0].http.get('/me', { Authorization: `Bearer ${refreshed.body.access_token ?? login.access_token}` });
        expect(dead.body.code).toBe('access_token_revoked');
      }
    },
    60_000 + LOGOUT_RACES * 100,
  );

  it('keeps sessions of many users apart when all refresh at once', async () => {
    const users = ['alice', 'bob', 'admin'];
    const logins = await Promise.all(Array.from({ length: 30 }, (_, i) => nodes[i % 2]!.login(users[i % 3]!)));
    await Promise.all(
      logins.map(async ({ body }, i) => {
        const first = decodeJwt(body.access_token);
        let token: string = body.refresh_token;
        for (let generation = 1; generation <= 10; generation++) {
          const answer = await nodes[(i + generation) % 2]!.http.refresh(token);
          expect(decodeJwt(answer.body.access_token)).toMatchObject({ sub: first.sub, sid: first.sid, gen: generation });
          token = answer.body.refresh_token;
        }
      }),
    );
  }, 60_000);
});

/** Within a few milliseconds, about as long as it takes: so each may come before, between and after the steps of the other. */
async function soon<T>(send: () => Promise<T>): Promise<T> {
  await wait(Math.random() * 5);
  return send();
}
