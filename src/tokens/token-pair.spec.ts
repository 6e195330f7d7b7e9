import { inspect } from 'node:util';
import { TokenPair } from './token-pair';

const parts = { accessToken: 'the-access-token', refreshToken: 'the-refresh-token', expiresIn: 1800, refreshExpiresIn: 86_400, sessionId: 'an-id' };
const pair = new TokenPair(parts, { accessTokenProp: 'access_token', refreshTokenProp: 'refresh_token', authorizationHeader: true });

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

  it('shows no token in a log', () => {
    for (const text of [inspect(pair), inspect({ pair }, { depth: 9, showHidden: true })]) expect(text).not.toContain('token');
  });
});
