import { RevocationFeed } from '../../src/revocation/revocation-feed';
import { dialectOf } from '../../src/storage/dialect';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { bearer } from '../support/http';
import { describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const ISSUED_AT = new Date(Date.now() - 60_000);
const LEGACY_TOKEN = /^legacy-(.+)$/;
const adoptLegacyToken = (token: string) => {
  const [, subject] = LEGACY_TOKEN.exec(token) ?? [];
  return subject ? { subject, issuedAt: ISSUED_AT } : null;
};

/** InnoDB without a binary log shows others a commit that a crash of the server can still take back. */
async function showsUnsafeCommits({ dataSource }: RunningApp): Promise<boolean> {
  if (dialectOf(dataSource) !== 'mysql') return false;
  const [{ logBin }] = await dataSource.query<[{ logBin: number }]>('SELECT @@log_bin AS logBin');
  return Number(logBin) === 0;
}

describeOnEveryDatabase('an answer that tells what another request has done', (stack) => {
  let app: RunningApp;
  let other: RunningApp;
  let isUnsafe: boolean;

  beforeAll(async () => {
    const options = { admin: ADMINISTRATORS, hooks: { adoptLegacyToken }, revocation: { pollInterval: 60 } };
    app = await stack.start(options);
    other = await stack.start(options);
    isUnsafe = await showsUnsafeCommits(app);
  });

  /** What an app commits only to be sure of what it has read. */
  const commitsOf = ({ statements }: RunningApp, start = 0) =>
    statements.entries.slice(start).filter(({ sql, parameters }) => sql.startsWith('INSERT') && parameters.includes('touched')).length;

  async function commitsDuring(work: () => Promise<unknown>, by = app): Promise<number> {
    const start = by.statements.entries.length;
    await work();
    return commitsOf(by, start);
  }

  type Prepare = (subject: string) => Promise<() => Promise<unknown>>;
  const afterLogout = async (subject: string) => {
    const session = await app.login(subject);
    await app.http.logout(session.refreshToken);
    return session;
  };

  it.each<[what: string, prepare: Prepare]>([
    ['a retry', async (subject) => {
      const { refreshToken } = await app.login(subject);
      await app.http.refresh(refreshToken);
      return () => app.http.refresh(refreshToken);
    }],
    ['many that come at once', async (subject) => {
      const { refreshToken } = await app.login(subject);
      await app.http.refresh(refreshToken);
      return () => Promise.all(Array.from({ length: 16 }, () => app.jwtRefresh.refresh(refreshToken)));
    }],
    ['a token whose session is over', async (subject) => {
      const { refreshToken } = await afterLogout(subject);
      return () => app.http.refresh(refreshToken);
    }],
    ['a second logout', async (subject) => {
      const { refreshToken } = await afterLogout(subject);
      return () => app.http.logout(refreshToken);
    }],
    ['a logout from everywhere that finds nothing', async (subject) => {
      await afterLogout(subject);
      return () => app.jwtRefresh.revokeAll(subject);
    }],
    ["an administrator's second revocation", async (subject) => {
      const { sessionId } = await afterLogout(subject);
      const admin = await AdminClient.signIn(app);
      return () => admin.post(`/${sessionId}/revoke`, { reason: 'again' });
    }],
    ['an old token that was exchanged before', async (subject) => {
      await app.http.refresh(`legacy-${subject}`);
      return () => app.http.refresh(`legacy-${subject}`);
    }],
  ])('makes one commit of its own where what it has read may be lost, and none elsewhere: %s', async (_, prepare) => {
    const act = await prepare(newSubject());
    expect(await commitsDuring(act)).toBe(Number(isUnsafe));
  }); // prettier-ignore

  it('makes one too before a node remembers what others have revoked, and none when there is nothing new', async () => {
    await afterLogout(newSubject());
    const look = () => other.app.get(RevocationFeed).look();
    expect(await commitsDuring(look, other)).toBe(Number(isUnsafe));
    expect(await commitsDuring(look, other)).toBe(0);
  });

  it('is no other answer: a login, a refresh, a first logout and a guard make none', async () => {
    const commits = await commitsDuring(async () => {
      const { refreshToken, accessToken } = await app.login(newSubject());
      await app.http.get('/strict', bearer(accessToken));
      const { body } = await app.http.refresh(refreshToken);
      await app.http.logout(body.refresh_token);
    });
    expect(commits).toBe(0);
  });

  it('is 503 while that commit can not be made, and the same answer afterwards', async () => {
    const { refreshToken } = await app.login(newSubject());
    const { body } = await app.http.refresh(refreshToken);
    await app.http.refresh(refreshToken);
    const rival = other.dataSource.createQueryRunner();
    await rival.startTransaction();
    await rival.query('DELETE FROM refresh_token_stats WHERE hour = 0');
    const held = await app.http.refresh(refreshToken);
    await rival.rollbackTransaction();
    await rival.release();
    expect(held.status).toBe(isUnsafe ? 503 : 200);
    expect((await app.http.refresh(refreshToken)).body.refresh_token).toBe(body.refresh_token);
  });
});
