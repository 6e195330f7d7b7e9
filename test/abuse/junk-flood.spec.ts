import { signTestToken } from 'nestjs-jwt-refresh/testing';
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { RefreshTokenFormat } from 'nestjs-jwt-refresh';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const FLOOD = 3000;
const FORMATS: RefreshTokenFormat[] = ['opaque', 'jwt', 'jwe'];

describeOnEveryAdapter('a flood of tokens that the server did not make', (stack) => {
  it(`costs no query and ends no session, ${FLOOD} of every kind`, async () => {
    const app = await stack.start({ audit: { enabled: false } });
    const subject = newSubject();
    const { refreshToken } = await app.login(subject);
    const kinds = await kindsOfJunk(app);
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    const statuses = new Set<number>();
    const statements = await app.statements.during(async () => {
      for (let sent = 0; sent < FLOOD; sent += 500) {
        const junk = Array.from({ length: 500 }, (_, index) => kinds[index % kinds.length]!(sent + index));
        for (const status of await Promise.all(junk.map((token) => present(agent, app.url, token)))) statuses.add(status);
      }
    });
    agent.destroy();
    expect(statements).toEqual([]);
    expect([...statuses]).toEqual([401]);
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    expect((await app.http.refresh(refreshToken)).status).toBe(200);
  });

  /** Made up; genuine but for one character; of another server; of another kind. */
  async function kindsOfJunk(app: RunningApp): Promise<((index: number) => string)[]> {
    const access = await signTestToken(app.app);
    const genuine: string[] = [(await app.login(newSubject())).refreshToken];
    const foreign: string[] = [];
    for (const format of FORMATS) {
      const options = { refreshToken: { format }, secret: [{ id: 'default', value: randomBytes(48).toString('base64') }] };
      foreign.push((await (await stack.start(options)).login(newSubject())).refreshToken);
    }
    return [
      () => `jrt_${randomBytes(90).toString('base64url')}`,
      () => Array.from({ length: 3 }, () => randomBytes(40).toString('base64url')).join('.'),
      () => Array.from({ length: 5 }, () => randomBytes(40).toString('base64url')).join('.'),
      () => randomBytes(2000).toString('base64url'),
      ...[...genuine, ...foreign].map((token) => (index: number) => garbled(token, index)),
      ...foreign.map((token) => () => token),
      () => access,
    ];
  }
});

/** Another character in one place. */
function garbled(token: string, index: number): string {
  const place = index % token.length;
  return token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
}

function present(agent: Agent, url: string, token: string): Promise<number> {
  const body = JSON.stringify({ refresh_token: token });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const sent = request(`${url}/auth/jwt-refresh`, { agent, method: 'POST', headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode!));
    });
    sent.on('error', reject).end(body);
  });
}
