// What a correct server has to do for a token response, with nothing around it.
import { createHash, createHmac, createSecretKey, randomBytes } from 'node:crypto';

const KEY = createSecretKey(randomBytes(32));
const HEADER = `${encoded({ alg: 'HS256', typ: 'at+jwt' })}.`;
const LIFETIME_S = 1800;
export const REFRESH_LIFETIME_S = 14 * 86_400;

export function newSecret() {
  return randomBytes(32).toString('base64url');
}

export function sha256(text) {
  return createHash('sha256').update(text).digest();
}

export function tokenResponse(subject, sessionId, refreshToken) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://api.example.com', aud: 'web', sub: subject, sid: sessionId, iat, exp: iat + LIFETIME_S };
  return {
    access_token: signed(claims),
    refresh_token: refreshToken,
    token_type: 'Bearer',
    expires_in: LIFETIME_S,
    refresh_expires_in: REFRESH_LIFETIME_S,
  };
}

function signed(claims) {
  const message = HEADER + encoded(claims);
  return `${message}.${createHmac('sha256', KEY).update(message).digest('base64url')}`;
}

function encoded(value) {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
