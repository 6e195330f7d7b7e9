import { CLIENTS } from '../support/oauth';
import { describeOnEveryAdapter, type RunningApp } from '../support/stack';

const PATH = '/.well-known/oauth-authorization-server';

describeOnEveryAdapter('GET /.well-known/oauth-authorization-server (RFC 8414)', (stack) => {
  const metadataOf = (app: RunningApp, path = PATH) => app.http.get(path);

  it('names the routes at the origin of the issuer, and what they take (§2)', async () => {
    const { status, headers, body } = await metadataOf(await stack.start());
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(body).toEqual({
      issuer: 'https://test.example',
      token_endpoint: 'https://test.example/oauth/token',
      revocation_endpoint: 'https://test.example/oauth/revoke',
      jwks_uri: 'https://test.example/.well-known/jwks.json',
      response_types_supported: [],
      grant_types_supported: ['refresh_token'],
      token_endpoint_auth_methods_supported: ['none'],
      revocation_endpoint_auth_methods_supported: ['none'],
    });
  });

  it('names introspection where a confidential client can use it', async () => {
    const { body } = await metadataOf(await stack.start({ oauth: { clients: [...CLIENTS.options] } }));
    expect(body).toMatchObject({
      introspection_endpoint: 'https://test.example/oauth/introspect',
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    });
    const confidential = await metadataOf(await stack.start({ oauth: { clients: [CLIENTS.options[0]!] } }));
    expect(confidential.body.token_endpoint_auth_methods_supported).toEqual(['client_secret_basic', 'client_secret_post']);
    const open = await metadataOf(await stack.start({ oauth: { clients: [{ id: 'app', public: true }] } }));
    expect(open.body).not.toHaveProperty('introspection_endpoint');
  });

  it('names only routes that are there', async () => {
    const app = await stack.start({ oauth: { clients: [...CLIENTS.options] }, oauthPath: 'id/oauth2' });
    const { body } = await metadataOf(app);
    for (const name of ['token', 'revocation', 'introspection']) {
      expect((await app.http.postForm(new URL(body[`${name}_endpoint`]).pathname, '')).status).toBe(401);
    }
    expect((await app.http.get(new URL(body.jwks_uri).pathname)).status).toBe(200);
    const without = await metadataOf(await stack.start({ controllers: { jwks: false } }));
    expect(without.body).not.toHaveProperty('jwks_uri');
  });

  it('knows the global prefix, and what is excluded from it', async () => {
    const prefixed = await stack.start({}, { configure: (app) => app.setGlobalPrefix('/api/') });
    const { body } = await metadataOf(prefixed, `/api${PATH}`);
    expect(body).toMatchObject({
      token_endpoint: 'https://test.example/api/oauth/token',
      jwks_uri: 'https://test.example/api/.well-known/jwks.json',
    });
    const excluded = await stack.start({}, { configure: (app) => app.setGlobalPrefix('api', { exclude: ['.well-known/*path'] }) });
    expect((await metadataOf(excluded)).body).toMatchObject({
      token_endpoint: 'https://test.example/api/oauth/token',
      jwks_uri: 'https://test.example/.well-known/jwks.json',
    });
    expect((await excluded.http.get('/.well-known/jwks.json')).status).toBe(200);
  });

  it('is found below the well-known path where the issuer has a path (§3.1)', async () => {
    const app = await stack.start({ issuer: 'https://example.com/shop' });
    const { body } = await metadataOf(app, `${PATH}/shop`);
    expect(body).toMatchObject({ issuer: 'https://example.com/shop', token_endpoint: 'https://example.com/oauth/token' });
    for (const other of ['/other', '/shop/x', '/Shop']) expect((await metadataOf(app, PATH + other)).status).toBe(404);
  });

  it.each(['my-service', 'urn:example:issuer', 'https://test.example?a=b', 'https://test.example#', 'ftp://test.example'])(
    'is not there for the issuer %p, which is no address (§2)',
    async (issuer) => {
      expect((await metadataOf(await stack.start({ issuer }))).status).toBe(404);
    },
  );
});
