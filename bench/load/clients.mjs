// How one session speaks to each kind of server: its first request, and the next one after each answer.
import { DEVICES } from '../data/dataset.mjs';
import { get, post } from './connection.mjs';

const JSON_BODY = { 'Content-Type': 'application/json' };
const FORM_BODY = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Refreshes at `path`. This library and the floor speak alike. */
export function refreshing(path) {
  return (index) => {
    const headers = { ...JSON_BODY, 'User-Agent': DEVICES[index % DEVICES.length][0] };
    return {
      first: post('/login', '{}', headers),
      next: (answer) => post(path, `{"refresh_token":"${bodyOf(answer).refresh_token}"}`, headers),
    };
  };
}

/** oidc-provider's token endpoint; `/login` is the bench's own. */
export function oidcProvider() {
  const credentials = 'grant_type=refresh_token&client_id=web&client_secret=secret';
  return {
    first: post('/login', '{}', JSON_BODY),
    next: (answer) => post('/token', `${credentials}&refresh_token=${bodyOf(answer).refresh_token}`, FORM_BODY),
  };
}

/** better-auth has no refresh tokens for sessions: what renews one is reading it. */
export function betterAuth() {
  const user = { name: 'bench', email: `${crypto.randomUUID()}@example.com`, password: 'password1234' };
  let cookie;
  return {
    first: post('/api/auth/sign-up/email', JSON.stringify(user), { ...JSON_BODY, Origin: 'http://127.0.0.1' }),
    next: (answer) => {
      if (!bodyOf(answer)) throw new Error('better-auth knows no such session');
      cookie = /^set-cookie: *(\S*session_token=[^;]+)/im.exec(answer.head)?.[1] ?? cookie;
      return get('/api/auth/get-session', { Cookie: cookie });
    },
  };
}

function bodyOf({ status, body }) {
  if (status !== 200) throw new Error(`A server under load answered ${status}: ${body.slice(0, 200)}`);
  return JSON.parse(body);
}

/** Reads a route behind a guard, each time with the next of `tokens`; sessions begin at different ones. */
export function bearing(path, tokens) {
  const requests = tokens.map((token) => get(path, { Authorization: `Bearer ${token}` }));
  return (index) => {
    let position = Math.floor(requests.length * ((index * 0.618) % 1));
    const next = (answer) => {
      if (answer.status !== 200) bodyOf(answer);
      position = (position + 1) % requests.length;
      return requests[position];
    };
    return { first: requests[position], next };
  };
}

/** Refreshes one after another of `tokens`, each session its own share, and remembers the successors for the next load. */
export function refreshingAll(path, tokens, sessions) {
  const shares = Array.from({ length: sessions }, (_, index) => tokens.filter((_, position) => position % sessions === index));
  const positions = shares.map(() => 0);
  return (index) => {
    const own = shares[index];
    const refresh = () => post(path, `{"refresh_token":"${own[positions[index]]}"}`, JSON_BODY);
    const next = (answer) => {
      own[positions[index]] = bodyOf(answer).refresh_token;
      positions[index] = (positions[index] + 1) % own.length;
      return refresh();
    };
    return { first: refresh(), next };
  };
}
