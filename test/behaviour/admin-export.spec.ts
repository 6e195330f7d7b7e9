import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { RefreshToken } from 'nestjs-jwt-refresh';
import { newId } from '../../src/ids';
import { base64urlBytes } from '../../src/storage/column-transformers';
import { ADMIN_ROOT, ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryDatabase, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

const COLUMNS =
  'id,kind,subject,audience,status,lifetime,createdAt,expiresAt,endsAt,lastUsed,revokedAt,revokedReason,revokedBy,generation,jti,tokenHash,rotates,label,content,deviceInfo';
const EVENT_COLUMNS = 'id,at,type,result,sessionId,subject,actor,reason,ip,generation,presentedGeneration,deviceInfo,details';
const NO_DEVICE = { browser: null, os: null, device: null, ip: null };

/** RFC 4180 §2; every field is quoted, and every line ends in CRLF. */
function readCsv(text: string): Record<string, string>[] {
  expect(text.endsWith('"\r\n')).toBe(true);
  const lines: string[][] = [];
  const pattern = /"((?:[^"]|"")*)"(,|\r\n)/gy;
  for (let line: string[] = [], match; (match = pattern.exec(text));) {
    line.push(match[1]!.replaceAll('""', '"'));
    if (match[2] !== ',') line = (lines.push(line), []);
  }
  const [names = [], ...rows] = lines;
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]!])));
}

async function insertMany(app: RunningApp, subject: string, count: number): Promise<void> {
  const { sessionId } = await app.login(subject);
  const row = (await app.rows(subject)).find(({ id }) => id === sessionId)!;
  const repository = app.dataSource.getRepository(RefreshToken);
  const copies = Array.from({ length: count - 1 }, () => Object.assign(new RefreshToken(), row, { id: newId(app.clock.now()) }));
  for (let from = 0; from < copies.length; from += 500) await repository.insert(copies.slice(from, from + 500) as object[]);
}

describeOnEveryStack('a list as CSV', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let subject: string;

  beforeAll(async () => {
    app = await stack.start({ admin: { ...ADMINISTRATORS, exportLimit: 1200 } }, { configure: (host) => host.useLogger(false) });
    admin = await AdminClient.signIn(app);
  });
  beforeEach(() => (subject = newSubject()));

  const load = async (path: string) => readCsv((await admin.get(path)).body as string);

  it('is a file to keep, with its limit told, and kept by nobody on its way', async () => {
    for (const [path, name, columns] of [
      ['/export.csv', 'refresh-tokens.csv', COLUMNS],
      ['/events.csv', 'refresh-token-events.csv', EVENT_COLUMNS],
    ]) {
      const { status, headers, body } = await admin.get(`${path}?subject=${subject}`);
      expect(status).toBe(200);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
        'x-row-limit': '1200',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(body).toBe(`${columns!.split(',').map((column) => `"${column}"`).join(',')}\r\n`); // prettier-ignore
    }
  });

  it('has the rows of the list, in its order and by its filter', async () => {
    for (let index = 0; index < 3; index++) await app.login(subject, { lifetime: 100 - index });
    const [first] = await app.rows(subject);
    await admin.delete(`/${first!.id}`);
    for (const query of ['', '&status=active', '&sort=expiresAt&order=asc', '&kind=key', '&limit=1']) {
      const { data } = (await admin.get(`?subject=${subject}${query.replace('&limit=1', '')}`)).body;
      const rows = await load(`/export.csv?subject=${subject}${query}`);
      expect(rows.map(({ id, status, revokedReason }) => [id, status, revokedReason || null])).toEqual(
        (data as Record<string, string>[]).map(({ id, status, revokedReason }) => [id, status, revokedReason]),
      );
    }
    const events = (await admin.get(`/events?subject=${subject}&type=refresh_token.issued&order=asc`)).body.data as { id: string }[];
    expect((await load(`/events.csv?subject=${subject}&type=refresh_token.issued&order=asc`)).map(({ id }) => id)).toEqual(
      events.map(({ id }) => id),
    );
  });

  it('has nothing in it that a spreadsheet would run, wherever it came from', async () => {
    const payloads = ['=cmd|"/C calc"!A0', '+1+1', '-1', '@SUM(1)', '＝1+1', '%0A=1', '|calc', '"=1"', 'a,b', "it's"];
    for (const text of payloads) {
      const { sessionId } = await app.login(subject, {
        label: text,
        audience: text,
        content: { note: text },
        device: { ...NO_DEVICE, userAgent: `${text}\t\r\n\0 =1` },
      });
      await admin.post(`/${sessionId}/revoke`, { reason: text });
    }
    await admin.post('', { audience: 'test', lifetime: 60, subject: `=${subject}` });
    const rows = await load(`/export.csv?subject=${subject}&order=asc`);
    expect(rows.map(({ label }) => label)).toEqual(payloads.map((text) => (/^[=+\-@＝%|]/.test(text) ? `'${text}` : text)));
    const all = [...rows, ...(await load(`/export.csv?kind=key`)), ...(await load('/events.csv'))];
    expect(all.some((row) => row.subject === `'=${subject}`)).toBe(true);
    for (const row of all) for (const field of Object.values(row)) expect(field).not.toMatch(/^[\s\0]*[=+\-@＝＋－＠]|\0/);
  });

  it('ends at its limit', async () => {
    await insertMany(app, subject, 1201);
    expect(await load(`/export.csv?subject=${subject}`)).toHaveLength(1200);
    expect(new Set((await load(`/export.csv?subject=${subject}&sort=expiresAt&order=asc`)).map(({ id }) => id)).size).toBe(1200);
  });

  it('breaks off when the database fails in the middle, so that it never looks whole', async () => {
    await insertMany(app, subject, 1100);
    let rows = 0;
    // The second batch brings a row that can't be read.
    const { from } = base64urlBytes;
    const failing = jest.spyOn(base64urlBytes, 'from').mockImplementation((value: Buffer | null) => {
      if (value && ++rows > 700) throw new Error('not readable');
      return from(value) as unknown;
    });
    await expect(admin.get(`/export.csv?subject=${subject}`)).rejects.toThrow();
    failing.mockRestore();
    expect(await load(`/export.csv?subject=${subject}`)).toHaveLength(1100);
  });
});

describeOnEveryDatabase('a long list as CSV', (stack) => {
  it('is sent while it is read: the first lines are there before the last are asked for', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS });
    const admin = await AdminClient.signIn(app);
    const subject = newSubject();
    await insertMany(app, subject, 10_000);
    const start = app.statements.entries.length;
    const request = get(`${app.http.url}${ADMIN_ROOT}/export.csv?subject=${subject}`, { headers: admin.headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect(response.headers['transfer-encoding']).toBe('chunked');
    const countReads = () => app.statements.since(start).filter(({ sql }) => sql.includes('ORDER BY')).length;
    expect(countReads()).toBeLessThan(15);
    let text = '';
    for await (const chunk of response) text += String(chunk);
    expect(countReads()).toBeGreaterThanOrEqual(20);
    expect(text.split('\r\n')).toHaveLength(10_000 + 2);
  });

  it('is 503 in JSON when the database is away before the first line', async () => {
    const app = await stack.start({ admin: ADMINISTRATORS }, { configure: (host) => host.useLogger(false) });
    const admin = await AdminClient.signIn(app);
    await app.dataSource.query('ALTER TABLE refresh_token_events RENAME TO refresh_token_events_away');
    for (const path of ['/export.csv', '/events.csv']) {
      const { status, headers, body } = await admin.get(path);
      expect([path, status, body.code, headers.get('retry-after')]).toEqual([path, 503, 'temporarily_unavailable', '1']);
      expect(headers.get('content-type')).toContain('application/json');
      expect(headers.get('content-disposition')).toBeNull();
      expect(headers.get('x-row-limit')).toBeNull();
    }
    await app.dataSource.query('ALTER TABLE refresh_token_events_away RENAME TO refresh_token_events');
    expect((await admin.get('/events.csv')).status).toBe(200);
  });
});
