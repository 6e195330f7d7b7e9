import { readFileSync } from 'node:fs';
import { sqliteFile } from '../../demo/database-url';
import { describeOnEveryAdapter, newSubject, type RunningApp } from '../support/stack';

const AT_ONCE = 8;

describeOnEveryAdapter('refreshes that come at once on SQLite', (stack) => {
  let app: RunningApp;
  let subject: string;
  let tokens: string[];

  beforeAll(async () => {
    app = await stack.start({ audit: { enabled: false } });
  });
  beforeEach(async () => {
    subject = newSubject();
    tokens = [];
    for (let i = 0; i < AT_ONCE; i++) tokens.push((await app.login(subject)).refreshToken);
  });

  const refreshAll = () => Promise.allSettled(tokens.map((token) => app.jwtRefresh.refresh(token)));
  const generations = async () => (await app.rows(subject)).map(({ generation }) => generation);
  const all = <T>(value: T): T[] => Array<T>(AT_ONCE).fill(value);

  it('share one commit', async () => {
    const before = commitsIn(sqliteFile(stack.url)!);
    expect((await refreshAll()).map(({ status }) => status)).toEqual(all('fulfilled'));
    expect(commitsIn(sqliteFile(stack.url)!) - before).toBe(1);
    expect(await generations()).toEqual(all(1));
  });

  const UNLUCKY = 2;
  const refreshAllWhere = async (refusal: 'ABORT' | 'ROLLBACK') => {
    const { id } = (await app.rows(subject))[UNLUCKY]!;
    const isUnlucky = `hex(OLD.id) = '${id.replaceAll('-', '').toUpperCase()}'`;
    await app.dataSource.query(
      `CREATE TRIGGER refuse BEFORE UPDATE ON refresh_tokens WHEN ${isUnlucky} BEGIN SELECT RAISE(${refusal}, 'the disk is full'); END`,
    );
    return refreshAll().finally(() => app.dataSource.query('DROP TRIGGER refuse'));
  };
  const unavailable = { status: 'rejected', reason: expect.objectContaining({ code: 'temporarily_unavailable' }) };

  it('do not fail with one of them that the database refuses', async () => {
    const answers = await refreshAllWhere('ABORT');
    expect(answers.map(({ status }) => status)).toEqual(all('fulfilled').with(UNLUCKY, 'rejected'));
    expect(answers[UNLUCKY]).toEqual(unavailable);
    expect(await generations()).toEqual(all(1).with(UNLUCKY, 0));
  });

  it('are each told when the whole commit fails, none has happened, and all tokens work afterwards', async () => {
    expect(await refreshAllWhere('ROLLBACK')).toEqual(all(unavailable));
    expect(await generations()).toEqual(all(0));
    expect((await refreshAll()).map(({ status }) => status)).toEqual(all('fulfilled'));
  });

  it('are part of a transaction of the host that is open', async () => {
    const undone = app.dataSource.transaction(async () => {
      expect((await refreshAll()).map(({ status }) => status)).toEqual(all('fulfilled'));
      throw new Error('changed my mind');
    });
    await expect(undone).rejects.toThrow('changed my mind');
    expect(await generations()).toEqual(all(0));
  });
});

/** How many commits are in SQLite's log: of the frames, one for each page, the last of a commit says how large the file is. */
function commitsIn(file: string): number {
  const log = readFileSync(`${file}-wal`);
  const [HEADER, FRAME_HEADER, pageSize] = [32, 24, log.readUInt32BE(8)];
  let commits = 0;
  for (let frame = HEADER; frame < log.length; frame += FRAME_HEADER + pageSize) if (log.readUInt32BE(frame + 4) > 0) commits += 1;
  return commits;
}
