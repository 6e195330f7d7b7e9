import { inspect } from 'node:util';
import { TokenPair } from './token-pair';

const parts = { accessToken: 'the-access-token', refreshToken: 'the-refresh-token', expiresIn: 1800, refreshExpiresIn: 86_400, sessionId: 'an-id' };
const names = { accessTokenProp: 'access_token', refreshTokenProp: 'refresh_token', authorizationHeader: true };
const pair = new TokenPair(parts, { ...names, transport: 'body' });
const TIMES = { token_type: 'Bearer', expires_in: 1800, refresh_expires_in: 86_400 };

describe('a token pair', () => {
  it('is a token response as JSON', () => {
    expect(JSON.parse(JSON.stringify(pair))).toEqual({
      access_token: 'the-access-token',
      refresh_token: 'the-refresh-token',
      token_type: 'Bearer',
      expires_in: 1800,
      refresh_expires_in: 86_400,
    });
  });

  it('has no refresh token as JSON where that belongs into a cookie', () => {
    const inCookie = new TokenPair(parts, { ...names, transport: 'cookie' });
    for (const json of [JSON.stringify(inCookie), JSON.stringify(pair.withoutRefreshToken())]) {
      expect(JSON.parse(json)).toEqual({ access_token: 'the-access-token', ...TIMES });
    }
  });

  it("has the host's own members beside its own, which win", () => {
    const nested = { ...names, accessTokenProp: 'token.access', refreshTokenProp: 'token.refresh', transport: 'both' as const };
    const members = { userId: 7, token: 'x', expires_in: 0, __proto__: { polluted: true } };
    expect(JSON.parse(JSON.stringify(new TokenPair({ ...parts, members }, nested)))).toEqual({
      userId: 7,
      token: { access: 'the-access-token', refresh: 'the-refresh-token' },
      ...TIMES,
    });
  });

  it('shows no token in a log', () => {
    for (const text of [inspect(pair), inspect({ pair }, { depth: 9, showHidden: true })]) expect(text).not.toContain('token');
  });
});
