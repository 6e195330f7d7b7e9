import { once } from 'node:events';
import { connect } from 'node:net';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

describeOnEveryStack('a request that its client has given up', (stack) => {
  let app: RunningApp;

  beforeAll(async () => {
    app = await stack.start({ refreshToken: { graceSeconds: 30 } });
  });

  /** What a process finds that stood still for a while: a request, and behind it the end of its connection. */
  const sendAndLeave = async (refreshToken: string): Promise<void> => {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    const body = JSON.stringify({ refresh_token: refreshToken });
    const head = ['POST /auth/jwt-refresh HTTP/1.1', 'Host: app', 'Content-Type: application/json', `Content-Length: ${body.length}`];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
    socket.resume();
    await once(socket, 'close');
  };

  /** A token and how to present it, after its family has gone on without it. */
  const spentToken = async (subject: string): Promise<{ spent: string; current: string }> => {
    const { refreshToken: spent } = await app.login(subject);
    const { body: first } = await app.http.refresh(spent);
    const { body: second } = await app.http.refresh(first.refresh_token);
    return { spent, current: second.refresh_token };
  };

  it('ends no session, for its client has gone on with the successor', async () => {
    const subject = newSubject();
    const { spent, current } = await spentToken(subject);
    await sendAndLeave(spent);
    let token = current;
    for (let rotation = 0; rotation < 3; rotation++) {
      const { status, body } = await app.http.refresh(token);
      expect(status).toBe(200);
      token = body.refresh_token;
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 5, revokedAt: null }]);
    expect((await app.audit(subject)).map(({ type }) => type)).not.toContain('refresh_token.reused');
  });

  it('is a reuse as soon as somebody waits for the answer', async () => {
    const subject = newSubject();
    const { spent } = await spentToken(subject);
    await sendAndLeave(spent);
    expect((await app.http.refresh(spent)).body.code).toBe('refresh_token_reused');
    expect(await app.rows(subject)).toMatchObject([{ revokedReason: 'reuse' }]);
  });
});
