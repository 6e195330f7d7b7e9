import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createServer } from 'node:http';
import { RawConnection, rawRequest } from '../support/raw-http';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const REFRESH = '/auth/jwt-refresh';
const SLOW_CLIENTS = 1000;
const PATIENCE_MS = 2000;
const TIMEOUTS = { requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS, connectionsCheckingInterval: 200 };

/** A host that sets how long a request may take to arrive; Nest hands the server's options on for Fastify only. */
class ImpatientExpressAdapter extends ExpressAdapter {
  override initHttpServer(): void {
    this.httpServer = createServer(TIMEOUTS, this.getInstance());
  }
}

describeOnEveryAdapter('a connection that breaks or dawdles', (stack) => {
  const start = (): Promise<RunningApp> => {
    const { requestTimeout, ...http } = TIMEOUTS;
    const adapter = stack.adapter === 'fastify' ? new FastifyAdapter({ requestTimeout, http }) : new ImpatientExpressAdapter();
    return stack.start({}, { adapter, configure: (app) => app.useLogger(false) });
  };
  const refreshRequest = (token: string): string => {
    const body = JSON.stringify({ refresh_token: token });
    return rawRequest(REFRESH, ['Content-Type: application/json', `Content-Length: ${body.length}`], body);
  };

  it('before its answer has cost no session: the same token gets the successor that was made', async () => {
    const app = await start();
    const subject = newSubject();
    let { refreshToken } = await app.login(subject);
    for (let generation = 1; generation <= 10; generation++) {
      const connection = await RawConnection.open(app.url);
      connection.write(refreshRequest(refreshToken));
      while ((await app.rows(subject))[0]!.generation < generation) await new Promise(setImmediate);
      connection.abandon();
      const again = await app.http.refresh(refreshToken);
      expect(again.status).toBe(200);
      expect(await app.rows(subject)).toMatchObject([{ generation, revokedAt: null }]);
      refreshToken = again.body.refresh_token;
    }
  });

  it('in the middle of its body changes nothing', async () => {
    const app = await start();
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const whole = refreshRequest(refreshToken);
    for (const length of [10, whole.indexOf('\r\n\r\n') + 4, whole.length - 1]) {
      const connection = await RawConnection.open(app.url);
      connection.write(whole.slice(0, length));
      connection.abandon();
    }
    expect(await app.rows(subject)).toMatchObject([{ generation: 0 }]);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  it(`is closed by the server's own time limit, and ${SLOW_CLIENTS} of them keep nobody from refreshing`, async () => {
    const app = await start();
    const { refreshToken } = await app.login(newSubject());
    const slow = await Promise.all(Array.from({ length: SLOW_CLIENTS }, () => RawConnection.open(app.url)));
    for (const [index, connection] of slow.entries()) {
      connection.write(index % 2 ? 'POST /auth/jwt-refresh HTTP/1.1\r\nHost: x\r\n' : refreshRequest(refreshToken).slice(0, -10));
    }
    let token = refreshToken;
    for (let i = 0; i < 20; i++) {
      const answer = await app.http.refresh(token);
      expect(answer.status).toBe(200);
      token = answer.body.refresh_token;
    }
    for (const connection of slow) expect(await connection.statuses()).toEqual([408]);
    expect((await app.http.refresh(token)).status).toBe(200);
  });
});
