// oidc-provider as an authorization server with JWT access tokens and rotating refresh tokens, over one table of MySQL or MariaDB.
import { createServer } from 'node:http';
import mysql from 'mysql2';
import Provider from 'oidc-provider';
import { config, serve } from '../servers/serve.mjs';

const DAY = 86_400;
const RESOURCE = 'urn:bench:api';
const SCOPE = 'offline_access api';
const CLIENT = { client_id: 'web', client_secret: 'secret', token_endpoint_auth_method: 'client_secret_post' };

const pool = mysql.createPool(config.database.url.replace('mariadb:', 'mysql:')).promise();
await pool.query(
  'CREATE TABLE oidc_models (model VARCHAR(32), id VARCHAR(64), payload TEXT, grant_id VARCHAR(64), consumed_at BIGINT, PRIMARY KEY (model, id), KEY (grant_id))',
);

class Adapter {
  constructor(model) {
    this.model = model;
  }

  async upsert(id, payload) {
    const values = [this.model, id, JSON.stringify(payload), payload.grantId ?? null];
    await pool.execute(
      'INSERT INTO oidc_models (model, id, payload, grant_id) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE payload = VALUES(payload)',
      values,
    );
  }

  async find(id) {
    const [[row]] = await pool.execute('SELECT payload, consumed_at FROM oidc_models WHERE model = ? AND id = ?', [this.model, id]);
    return row && { ...JSON.parse(row.payload), ...(row.consumed_at && { consumed: row.consumed_at }) };
  }

  async consume(id) {
    await pool.execute('UPDATE oidc_models SET consumed_at = ? WHERE model = ? AND id = ?', [Math.floor(Date.now() / 1000), this.model, id]);
  }

  async destroy(id) {
    await pool.execute('DELETE FROM oidc_models WHERE model = ? AND id = ?', [this.model, id]);
  }

  async revokeByGrantId(grantId) {
    await pool.execute('DELETE FROM oidc_models WHERE grant_id = ?', [grantId]);
  }
}

const provider = new Provider('http://127.0.0.1', {
  adapter: Adapter,
  clients: [{ ...CLIENT, grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1/callback'] }],
  cookies: { keys: ['bench'] },
  findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: { enabled: true, defaultResource: () => RESOURCE, useGrantedResource: () => true, getResourceServerInfo: resourceServer },
  },
  rotateRefreshToken: true,
  scopes: ['openid', 'offline_access', 'api'],
  ttl: { AccessToken: 1800, Grant: 14 * DAY, RefreshToken: 14 * DAY },
});
provider.on('server_error', (_, error) => console.error(error));

function resourceServer() {
  const jwt = { sign: { alg: 'HS256', key: Buffer.from('x'.repeat(32)) } };
  return { scope: 'api', audience: RESOURCE, accessTokenFormat: 'jwt', accessTokenTTL: 1800, jwt };
}

/** What the authorization code flow leaves behind. */
async function login() {
  const accountId = crypto.randomUUID();
  const grant = new provider.Grant({ accountId, clientId: CLIENT.client_id });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(RESOURCE, 'api');
  const client = await provider.Client.find(CLIENT.client_id);
  const session = { accountId, client, grantId: await grant.save(), gty: 'authorization_code', scope: SCOPE, resource: RESOURCE };
  return new provider.RefreshToken({ ...session, authTime: Math.floor(Date.now() / 1000) }).save();
}

const answer = provider.callback();
const server = createServer(async (request, response) => {
  if (request.url !== '/login') return answer(request, response);
  request.resume();
  response.end(JSON.stringify({ refresh_token: await login() }));
});
server.listen(0, '127.0.0.1', () => serve(server.address().port));
