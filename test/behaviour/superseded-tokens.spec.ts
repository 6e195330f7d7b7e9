import { RevocationFeed } from '../../src/revocation/revocation-feed';
import { bearer } from '../support/http';
import { describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const EXPIRED = 'Bearer error="invalid_token", error_description="The access token has expired. Refresh it."';

describeOnEveryStack("revocation.superseded 'reject'", (stack) => {
  let app: RunningApp;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ revocation: { check: 'strict', superseded: 'reject' } });
  });
  beforeEach(() => {
    subject = newSubject();
  });

  /** What routes with each kind of guard, and the service, say to an access token. */
  async function answersTo(token: string): Promise<unknown[]> {
    const answers = await Promise.all(
      ['/me', '/passport/me', '/auth/sessions', '/strict', '/stateless'].map((path) => app.http.get(path, bearer(token))),
    );
    const verified = await app.jwtRefresh.verifyAccessToken(token).then(
      () => 'verified',
      ({ code }) => code as string,
    );
    return [...answers.map(({ status, body }) => (status === 200 ? 200 : (body.code ?? status))), verified];
  }
  const GOOD = [200, 200, 200, 200, 200, 'verified'];
  const SUPERSEDED = [...Array<string>(4).fill('access_token_expired'), 200, 'access_token_expired'];

  it('ends an access token when its session is refreshed, everywhere but on stateless routes', async () => {
    const first = await app.login(subject);
    expect(await answersTo(first.accessToken)).toEqual(GOOD);
    const second = (await app.http.refresh(first.refreshToken)).body;
    expect(await answersTo(first.accessToken)).toEqual(SUPERSEDED);
    expect(await answersTo(second.access_token)).toEqual(GOOD);
    const third = (await app.http.refresh(second.refresh_token)).body;
    expect(await answersTo(second.access_token)).toEqual(SUPERSEDED);
    expect(await answersTo(third.access_token)).toEqual(GOOD);
  });

  it('is no matter of a bounded check, also while its memory is not used and it reads the row', async () => {
    const first = await app.login(subject);
    await app.http.refresh(first.refreshToken);
    jest.spyOn(app.app.get(RevocationFeed), 'isFresh').mockReturnValueOnce(false);
    for (let time = 0; time < 2; time++) expect((await app.http.get('/bounded', bearer(first.accessToken))).status).toBe(200);
  });

  it('says what every client answers with a refresh, and the refresh cures it, also for the tab that lost the race', async () => {
    const { accessToken, refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    const refused = await app.http.get('/me', bearer(accessToken));
    expect(refused).toMatchObject({ status: 401, body: { code: 'access_token_expired' } });
    expect(refused.headers.get('www-authenticate')).toBe(EXPIRED);
    const retried = await app.http.refresh(refreshToken, bearer(accessToken));
    expect((await app.http.get('/me', bearer(retried.body.access_token))).body).toMatchObject({ sub: subject, gen: 1 });
  });

  it('leaves every access token of one generation alone, and other sessions of the user', async () => {
    const [mine, other] = [await app.login(subject), await app.login(subject)];
    const [once, again] = [await app.http.refresh(mine.refreshToken), await app.http.refresh(mine.refreshToken)];
    for (const token of [once.body.access_token, again.body.access_token, other.accessToken]) expect(await answersTo(token)).toEqual(GOOD);
  });

  it('tells a revoked session from a superseded token', async () => {
    const { accessToken, refreshToken } = await app.login(subject);
    await app.http.refresh(refreshToken);
    await app.jwtRefresh.revokeAll(subject);
    expect((await app.http.get('/me', bearer(accessToken))).body.code).toBe('access_token_revoked');
  });

  it('is not the default: older access tokens are good until they expire', async () => {
    const usual = await stack.start();
    const { accessToken, refreshToken } = await usual.login(subject);
    await usual.http.refresh(refreshToken);
    expect((await usual.http.get('/me', bearer(accessToken))).status).toBe(200);
    usual.clock.advance(1800);
    expect((await usual.http.get('/me', bearer(accessToken))).body.code).toBe('access_token_expired');
  });
});
