import * as oauth from 'oauth4webapi';
import type { DemoProcess } from '../support/demo-process';
import { bearer } from '../support/http';
import { freePort } from '../support/free-port';
import { CLIENTS } from '../support/oauth';
import { describeOnEveryAdapter, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const insecure = { [oauth.allowInsecureRequests]: true } as const;
const NOBODY: oauth.Client = { client_id: 'anybody' };

describeOnEveryStack('oauth4webapi against the demo', (stack) => {
  let demo: DemoProcess;
  let server: oauth.AuthorizationServer;
  const env: Record<string, string> = {};

  beforeAll(async () => {
    const port = String(await freePort());
    const issuer = `http://127.0.0.1:${port}`;
    Object.assign(env, { PORT: port, ISSUER: issuer });
    demo = await stack.startDemo(env);
    server = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure }),
    );
  });

  const request = (token: string) => oauth.refreshTokenGrantRequest(server, NOBODY, oauth.None(), token, insecure);
  const refresh = async (token: string) => oauth.processRefreshTokenResponse(server, NOBODY, await request(token));
  const login = async (): Promise<string> => (await demo.login('alice')).body.refresh_token;

  it('discovers it', () => {
    expect(server).toMatchObject({ token_endpoint: `${env.ISSUER}/oauth/token`, grant_types_supported: ['refresh_token'] });
  });

  it('refreshes, and the demo takes the access token', async () => {
    const answer = await refresh(await login());
    expect(answer).toMatchObject({ token_type: 'bearer', expires_in: 1800 });
    expect((await demo.http.get('/me', bearer(answer.access_token))).body).toMatchObject({ username: 'alice', iss: env.ISSUER });
  });

  it('recovers from a lost answer, a killed server and two tabs: the same token gets the same successor', async () => {
    const token = await login();
    await (await request(token)).body?.cancel();
    const again = await refresh(token);
    await demo.stop('SIGKILL');
    demo = await stack.startDemo(env);
    const [one, other] = await Promise.all([refresh(token), refresh(token)]);
    expect([one.refresh_token, other.refresh_token]).toEqual([again.refresh_token, again.refresh_token]);
    expect((await refresh(again.refresh_token!)).access_token).toEqual(expect.any(String));
  });

  it('logs out', async () => {
    const { refresh_token: token } = await refresh(await login());
    for (let i = 0; i < 2; i++) {
      await oauth.processRevocationResponse(await oauth.revocationRequest(server, NOBODY, oauth.None(), token!, insecure));
    }
    await expect(refresh(token!)).rejects.toMatchObject({ error: 'invalid_grant', status: 400 });
  });

  it('is told in its own error classes what went wrong', async () => {
    await expect(refresh('junk')).rejects.toThrow(oauth.ResponseBodyError);
    await expect(refresh('junk')).rejects.toMatchObject({ code: oauth.RESPONSE_BODY_ERROR, error: 'invalid_grant' });
    const password = await oauth.genericTokenEndpointRequest(server, NOBODY, oauth.None(), 'password', { username: 'alice' }, insecure);
    await expect(oauth.processGenericTokenEndpointResponse(server, NOBODY, password)).rejects.toMatchObject({ error: 'unsupported_grant_type' });
  });
});

describeOnEveryAdapter('oauth4webapi with clients', (stack) => {
  let app: RunningApp;
  let server: oauth.AuthorizationServer;
  const { api, odd, spa } = CLIENTS;
  const client = { client_id: api.id };

  beforeAll(async () => {
    app = await stack.start({ oauth: { clients: [...CLIENTS.options] } });
    const issuer = new URL('https://test.example');
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...toApp }));
  });

  /** The issuer's address leads to the app, as a proxy would. */
  const toApp = {
    [oauth.customFetch]: (url: string, options: oauth.CustomFetchOptions<string, unknown>) => {
      const { pathname, search } = new URL(url);
      return fetch(app.url + pathname + search, options as RequestInit);
    },
  };
  const login = (audience: string) => app.login(newSubject(), { audience, content: { scope: 'read write' } });

  it.each([
    ['client_secret_basic', oauth.ClientSecretBasic],
    ['client_secret_post', oauth.ClientSecretPost],
  ])('authenticates with %s to refresh, narrow the scope, introspect and revoke', async (method, authenticateWith) => {
    expect(server.token_endpoint_auth_methods_supported).toContain(method);
    const { refreshToken, sessionId } = await login('api');
    const auth = authenticateWith(api.secret);
    const options = { ...toApp, additionalParameters: { scope: 'read' } };
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client,
      await oauth.refreshTokenGrantRequest(server, client, auth, refreshToken, options),
    );
    expect(refreshed.scope).toBe('read');
    const introspect = async (token: string) =>
      oauth.processIntrospectionResponse(server, client, await oauth.introspectionRequest(server, client, auth, token, toApp));
    expect(await introspect(refreshed.access_token)).toMatchObject({ active: true, sid: sessionId, scope: 'read', token_type: 'Bearer' });
    expect(await introspect(refreshed.refresh_token!)).toMatchObject({ active: true, sid: sessionId, scope: 'read write' });
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, auth, refreshed.refresh_token!, toApp));
    expect(await introspect(refreshed.access_token)).toEqual({ active: false });
  });

  it('encodes a secret of any characters', async () => {
    const other = { client_id: odd.id };
    const { refreshToken } = await login('odd');
    const answer = await oauth.refreshTokenGrantRequest(server, other, oauth.ClientSecretBasic(odd.secret), refreshToken, toApp);
    expect(await oauth.processRefreshTokenResponse(server, other, answer)).toMatchObject({ scope: 'read write' });
  });

  it('is a public client without a secret', async () => {
    const publicClient = { client_id: spa.id };
    const { refreshToken } = await login('web');
    const answer = await oauth.refreshTokenGrantRequest(server, publicClient, oauth.None(), refreshToken, toApp);
    expect((await oauth.processRefreshTokenResponse(server, publicClient, answer)).refresh_token).not.toBe(refreshToken);
  });

  it('meets a challenge when its secret is wrong', async () => {
    const { refreshToken } = await login('api');
    const answer = await oauth.refreshTokenGrantRequest(server, client, oauth.ClientSecretBasic('wrong'), refreshToken, toApp);
    const error = (await oauth.processRefreshTokenResponse(server, client, answer).catch((thrown: unknown) => thrown)) as Error;
    expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
    expect((error as oauth.WWWAuthenticateChallengeError).cause).toMatchObject([{ scheme: 'basic', parameters: { realm: 'oauth' } }]);
  });
});
