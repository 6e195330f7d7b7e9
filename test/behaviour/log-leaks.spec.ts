import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { JwtRefreshError, JwtRefreshEvents, type RefreshTokenFormat } from 'nestjs-jwt-refresh';
import { AuditQueue } from '../../src/audit/audit.queue';
import { TokenMinter } from '../../src/tokens/token-minter';
import { bearer } from '../support/http';
import { Capture, dump, PART, partsFound, spellings } from '../support/leak-search';
import { describeOnEveryDatabase, newSubject, type RunningApp, type Stack } from '../support/stack';

const FORMATS: RefreshTokenFormat[] = ['opaque', 'jwt', 'jwe'];

describeOnEveryDatabase('logs and tables', (stack) => {
  let app: RunningApp;
  let said: Capture;
  let hookFails: boolean;

  beforeEach(() => {
    said = new Capture();
    hookFails = false;
  });
  afterEach(async () => {
    await app.close().finally(() => said.stop());
  });

  function afterRotate(): void {
    if (hookFails) throw new Error('The users are away.');
  }

  /** An app that logs all it can, TypeORM's statements with their parameters included. */
  const start = (secret: string, format: RefreshTokenFormat): Promise<RunningApp> =>
    stack.start(
      { secret, refreshToken: { format }, hooks: { afterRotate } },
      { database: { logging: 'all', logger: 'simple-console' } as never, configure: (host) => host.useLogger(said.logger) },
    );

  it.each(FORMATS)('hold no issued token, no part of its secret and no server secret, with %s tokens', async (format) => {
    const secret = randomBytes(48).toString('base64');
    app = await start(secret, format);
    const subject = newSubject();
    const tokens = await liveThrough(app, subject, (fails) => (hookFails = fails));
    await app.app.get(AuditQueue).flush();

    // The search works: statements with their parameters and the module's own words are in it, and a part of a token is found.
    const rows = await app.rows(subject);
    expect(said.text).toMatch(/UPDATE .*refresh_tokens/);
    for (const row of rows) expect(said.text).toContain(JSON.stringify(Buffer.from(row.tokenHash, 'base64url').toJSON().data).slice(1, -1));
    expect(said.text).toContain('A listener to refresh_token.rotated failed: RangeError');

    const places = { log: said.text, tables: await dump(app), files: filesOf(stack) };
    const secrets = await secretsIn(app, tokens);
    expect(secrets).toHaveLength(5);
    expect(partsFound(tokens, `${said.text}${tokens[0]!.slice(-20)}`)).toHaveLength(20 - PART + 1);
    for (const listed of [JSON.stringify(secrets[0]), inspect(secrets[0])]) expect(partsFound(spellings(secrets), listed)).not.toEqual([]);
    for (const [place, text] of Object.entries(places)) {
      expect([place, partsFound([...tokens, ...spellings(secrets), ...spellings([Buffer.from(secret)]), secret], text)]).toEqual([place, []]);
    }
  });

  it('hold no token that was made up or garbled either, whatever a stranger sends', async () => {
    app = await start(randomBytes(48).toString('base64'), 'opaque');
    const { refreshToken, accessToken } = await app.login(newSubject());
    const garbled = [`${refreshToken}A`, refreshToken.slice(0, -1), `${accessToken}A`, `jrt_${randomBytes(80).toString('base64url')}`];
    for (const token of garbled) {
      await app.http.refresh(token, bearer(token));
      await app.http.logout(token);
      await app.http.get('/me', bearer(token));
      await app.http.get('/passport/me', bearer(token));
      await app.http.send('POST', '/auth/jwt-refresh', { body: `{"refresh_token": "${token}"`, headers: { 'Content-Type': 'application/json' } });
    }
    await app.app.get(AuditQueue).flush();
    expect(partsFound([...garbled, refreshToken, accessToken], said.text + (await dump(app)))).toEqual([]);
  });

  it('hold no token when the host logs the errors it catches, causes and all', async () => {
    app = await start(randomBytes(48).toString('base64'), 'opaque');
    const subject = newSubject();
    const { refreshToken, accessToken } = await app.login(subject);
    await app.jwtRefresh.refresh(refreshToken);
    app.clock.advance(30);
    const caught: unknown[] = [];
    const provoke = (work: Promise<unknown>) => work.catch((error: unknown) => void caught.push(error));
    await provoke(app.jwtRefresh.refresh(refreshToken));
    await provoke(app.jwtRefresh.refresh(`${refreshToken}A`));
    await provoke(app.jwtRefresh.verifyAccessToken(accessToken));
    await provoke(app.jwtRefresh.verifyAccessToken(refreshToken));
    await provoke(withoutTable(app, () => app.jwtRefresh.refresh(refreshToken)));
    expect(caught).toHaveLength(5);
    for (const error of caught) expect(error).toBeInstanceOf(JwtRefreshError);
    said.console.log(caught.map((error) => error as object));
    said.console.dir(caught, { depth: null, showHidden: true });
    said.console.log(JSON.stringify(caught));
    expect(said.text).toContain('refresh_token_reused');
    expect(partsFound([refreshToken, accessToken], said.text)).toEqual([]);
  });

  it('keep a user agent with line breaks and escape sequences on one escaped line', async () => {
    app = await start(randomBytes(48).toString('base64'), 'opaque');
    const userAgent = 'evil\r\nERROR forged line\u001b[31m red \u0007"quoted" \u2028end';
    await app.login(newSubject(), { request: { headers: { 'user-agent': userAgent } }, label: 'evil' });
    await app.app.get(AuditQueue).flush();
    const mentions = said.text.split('\n').filter((line) => line.includes('forged line'));
    // The row and its line in the audit log.
    expect(mentions).toHaveLength(2);
    for (const line of mentions) expect(line).not.toMatch(/\r|\u0007|\u001b\[31m/); // eslint-disable-line no-control-regex -- these are what is looked for
    expect(said.text.split('\n').filter((line) => line.startsWith('ERROR forged'))).toEqual([]);
  });
});

/** Login, refresh, retry, a hook and a listener that fail, errors, reuse, own sessions, logout. Gives every token issued. */
async function liveThrough(app: RunningApp, subject: string, setHookFails: (fails: boolean) => void): Promise<string[]> {
  const tokens: string[] = [];
  const login = async (input = {}) => {
    const pair = await app.login(subject, { content: { role: 'user' }, label: 'phone', ...input });
    tokens.push(pair.accessToken, pair.refreshToken);
    return pair;
  };
  const refresh = async (token: string, headers = {}) => {
    const { body } = await app.http.refresh(token, headers);
    if (body.access_token) tokens.push(body.access_token as string, body.refresh_token as string);
    return body as { access_token: string; refresh_token: string };
  };

  const stolen = await login();
  setHookFails(true);
  expect(await refresh(stolen.refreshToken)).toMatchObject({ code: 'temporarily_unavailable' });
  setHookFails(false);
  const rotated = await refresh(stolen.refreshToken, bearer(stolen.accessToken));
  const stop = app.app.get(JwtRefreshEvents).on('refresh_token.rotated', () => {
    throw new RangeError('No listener.');
  });
  await refresh(rotated.refresh_token);
  stop();
  await app.http.get('/me', bearer(rotated.access_token));
  await app.http.get('/passport/me', bearer(rotated.access_token));
  await app.http.get('/auth/sessions', bearer(rotated.access_token));

  const kept = await login();
  const ended = await login({ lifetime: 60 });
  await withoutTable(app, () => app.http.refresh(kept.refreshToken, bearer(kept.accessToken)));
  await app.http.logout(ended.refreshToken, bearer(ended.accessToken));
  await refresh(ended.refreshToken);
  await app.http.get('/me', bearer(ended.accessToken));
  app.clock.advance(60);
  await refresh(stolen.refreshToken);
  await app.http.get('/me', bearer(rotated.access_token));
  // Tokens where they do not belong.
  await app.http.refresh(kept.accessToken, bearer(kept.refreshToken));
  await app.http.get('/me', bearer(kept.refreshToken));
  await app.http.logout('all', bearer(kept.accessToken));
  await refresh(kept.refreshToken);
  return tokens;
}

/** Runs `work` while the table of sessions is not there, as in the middle of a failed deployment. */
async function withoutTable<T>(app: RunningApp, work: () => Promise<T>): Promise<T> {
  await app.dataSource.query('ALTER TABLE refresh_tokens RENAME TO refresh_tokens_away');
  try {
    return await work();
  } finally {
    await app.dataSource.query('ALTER TABLE refresh_tokens_away RENAME TO refresh_tokens');
  }
}

/** The bytes of the database itself, journal included, where it is a file. */
function filesOf(stack: Stack): string {
  if (stack.kind.name !== 'sqlite') return '';
  const folder = dirname(stack.url.replace('sqlite:', ''));
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('\n');
}

async function secretsIn(app: RunningApp, tokens: string[]): Promise<Buffer[]> {
  const decoded = await Promise.all(tokens.map((token) => app.app.get(TokenMinter).decode(token)));
  return decoded.filter((token) => token !== null).map(({ secret }) => secret);
}
