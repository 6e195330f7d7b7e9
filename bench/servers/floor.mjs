// The least that a correct rotation can do, on bare node:http: SELECT, check, UPDATE under the condition that nobody was first.
import { createServer } from 'node:http';
import { openFloorDatabase } from './floor-database.mjs';
import { config, serve } from './serve.mjs';
import { newSecret, REFRESH_LIFETIME_S, sha256, tokenResponse } from './token-response.mjs';

const database = await openFloorDatabase(config.database);

const ROUTES = {
  '/login': async () => {
    const token = newSecret();
    const id = await database.insert([`user-${token.slice(0, 8)}`, sha256(token), Date.now() + REFRESH_LIFETIME_S * 1000]);
    return tokenResponse('user', id, `${id}.${token}`);
  },
  '/refresh': async ({ refresh_token: token }) => {
    const [id, secret] = token.split('.');
    const now = Date.now();
    const session = await database.find([id]);
    const presented = sha256(secret);
    if (!session || session.revoked_at || session.expires_at <= now || !presented.equals(session.hash)) return null;
    const successor = newSecret();
    const moved = await database.rotate([sha256(successor), now, now + REFRESH_LIFETIME_S * 1000, id, presented]);
    return moved ? tokenResponse(session.subject, id, `${id}.${successor}`) : null;
  },
};

const server = createServer(async (request, response) => {
  const answer = await ROUTES[request.url](JSON.parse(await bodyOf(request)));
  const body = JSON.stringify(answer ?? { error: 'invalid_grant' });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' };
  response.writeHead(answer ? 200 : 401, headers).end(body);
});
server.listen(0, '127.0.0.1', () => serve(server.address().port));

/** Half the cost of node:stream/consumers. */
function bodyOf(request) {
  return new Promise((resolve) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => resolve(body));
  });
}
