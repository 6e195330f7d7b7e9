import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';
import { clientOf, disposeClients, json, Network, offline } from './support';

describeOnEveryAdapter('the client in body mode', (stack) => {
  let app: RunningApp;
  let network: Network;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start();
  });
  beforeEach(() => {
    network = new Network();
    subject = newSubject();
  });
  afterEach(disposeClients);

  async function signedIn(options = {}) {
    const client = clientOf(app, network, options);
    client.setSession((await app.login(subject)).toJSON());
    return client;
  }

  it('refreshes once for fifty calls with an expired token', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.fetch('/me')));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(network.refreshes).toHaveLength(1);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1 }]);
  });

  it('presents the same token again when the answer was lost, and stays signed in', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    network.once('/auth/jwt-refresh', async (pass) => {
      await pass();
      return offline();
    });
    expect((await client.fetch('/me')).status).toBe(200);
    const [first, second] = network.refreshes;
    expect(second!.body).toEqual(first!.body);
    expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
  });

  it('retries after a 503 as told', async () => {
    const client = await signedIn();
    app.clock.advance('31m');
    network.once('/auth/jwt-refresh', () => json(503, { code: 'temporarily_unavailable' }, { 'retry-after': '1' }));
    expect((await client.fetch('/me')).status).toBe(200);
    expect(client.events.filter(({ type }) => type === 'refresh-failed')).toHaveLength(1);
    expect(client.state.status).toBe('signed-in');
  });
});
