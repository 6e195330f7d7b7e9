import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { describeOnEveryDatabase, describeOnEveryStack, newSubject, type RunningApp } from '../support/stack';

type Query = Record<string, string | number | undefined>;

describeOnEveryDatabase('the list of families', (stack) => {
  let app: RunningApp;
  let admin: AdminClient;
  let subject: string;

  beforeAll(async () => (app = await stack.start({ admin: ADMINISTRATORS })));
  beforeEach(async () => {
    subject = newSubject();
    admin = await AdminClient.signIn(app);
  });

  const at = (offset: number) => new Date(app.clock.now() + offset).toISOString();
  const list = async (query: Query) => {
    const { status, body } = await admin.find('', query);
    expect([status, body.code]).toEqual([200, undefined]);
    return body as { data: { id: string; status: string }[]; nextCursor: string | null; prevCursor: string | null; total: object };
  };
  const ids = async (query: Query) => (await list({ subject, ...query })).data.map(({ id }) => id);

  it('shows each with its state by the millisecond, as its filter says', async () => {
    const { sessionId: ends } = await app.login(subject, { lifetime: 10 });
    const { sessionId: revoked } = await app.login(subject);
    await admin.delete(`/${revoked}`);
    const { sessionId: lives } = await app.login(subject);
    const states = async () => {
      const data = await Promise.all(['active', 'expired', 'revoked'].map(async (status) => [status, await ids({ status })]));
      for (const { id, status } of (await list({ subject })).data)
        expect((Object.fromEntries(data) as Record<string, string[]>)[status]).toContain(id);
      return Object.fromEntries(data) as Record<string, string[]>;
    };
    app.clock.advanceMilliseconds(9999);
    expect(await states()).toEqual({ active: [lives, ends], expired: [], revoked: [revoked] });
    app.clock.advanceMilliseconds(1);
    expect(await states()).toEqual({ active: [lives], expired: [ends], revoked: [revoked] });
    await admin.delete(`/${ends}`);
    expect(await states()).toEqual({ active: [lives], expired: [], revoked: [revoked, ends].sort().reverse() });
  });

  it('finds a subject, an audience and a kind exactly as they are written', async () => {
    const { sessionId } = await app.login(subject, { audience: 'mobile' });
    const { body: key } = await admin.post('', { audience: 'test', lifetime: 60, subject });
    expect(await ids({ kind: 'key' })).toEqual([key.id]);
    expect(await ids({ kind: 'session' })).toEqual([sessionId]);
    expect(await ids({ audience: 'mobile' })).toEqual([sessionId]);
    expect(await ids({ audience: 'test', kind: 'session' })).toEqual([]);
    for (const other of [subject.toUpperCase(), subject.slice(0, -1), `${subject}%`, subject.replace('user', 'us_r'), subject.replace('u', 'ü')]) {
      expect(await ids({ subject: other })).toEqual([]);
    }
    expect(await ids({ audience: 'Mobile' })).toEqual([]);
  });

  it('finds a family by any jti it has had, of refresh tokens and of access tokens', async () => {
    const { sessionId, refreshToken } = await app.login(subject);
    const { body } = await app.http.refresh(refreshToken);
    const { jti } = (await app.jwtRefresh.verifyAccessToken(body.access_token)) as { jti: string };
    for (const known of [`${sessionId}.0`, `${sessionId}.1`, jti, `${sessionId.toUpperCase()}.1`]) {
      expect((await list({ jti: known })).data.map(({ id }) => id)).toEqual([sessionId]);
    }
    for (const unknown of [sessionId, `${sessionId}.2`, `${sessionId}.-1`, `${sessionId}.1e0`, `${sessionId}.0x1`, `${sessionId}.9999999999`, `${sessionId}.`, 'x.1', '.1']) {
      expect((await list({ jti: unknown })).data).toEqual([]);
    }
  }); // prettier-ignore

  it('finds part of a device’s names, whatever the case and whatever it means to SQL or JSON', async () => {
    const names = ['100% sure', 'snake_case', 'back\\slash', 'wow!', 'say "hi"', "o'brien", '{"browser":"x"}', 'a\u202eb', 'straße ünïcödé', '</script>', 'x","browser":"y', 'İstanbul'];
    const found: Record<string, string> = {};
    for (const userAgent of names) {
      const device = { userAgent, browser: 'Brw 1', os: 'Os 2', device: 'tv', ip: null };
      found[userAgent] = (await app.login(subject, { device })).sessionId;
    }
    for (const name of names) expect([name, await ids({ device: name })]).toEqual([name, [found[name]]]);
    for (const name of names.slice(0, 7)) expect([name, await ids({ device: name.toUpperCase() })]).toEqual([name, [found[name]]]);
    expect(await ids({ device: '%' })).toEqual([found['100% sure']]);
    expect(await ids({ device: '_' })).toEqual([found['snake_case']]);
    expect(await ids({ device: '\\' })).toEqual([found['back\\slash']]);
    expect(await ids({ device: '!' })).toEqual([found['wow!']]);
    for (const text of ['brw 1', 'OS 2', 'tv']) expect(await ids({ device: text })).toHaveLength(names.length);
    // What stands between the values is in none of them.
    for (const text of ['userAgent', '":"', '","os"', 'Brw 1","os', 'null', ':', 'Brw%Os']) expect((await ids({ device: text })).filter((id) => id !== found['{"browser":"x"}'] && id !== found['x","browser":"y'])).toEqual([]); // prettier-ignore
  }); // prettier-ignore

  it('finds an address by its one spelling, however it came in', async () => {
    const device = (ip: string) => ({ device: { userAgent: null, browser: null, os: null, device: null, ip } });
    const six = [await app.login(subject, device('2001:DB8:0:0:0:0:0:1')), await app.login(subject, device('2001:db8::1%eth0'))];
    const four = [await app.login(subject, device('::ffff:192.0.2.7')), await app.login(subject, device('192.0.2.7'))];
    await app.login(subject, device('not an address'));
    expect((await ids({ ip: '2001:db8::1' })).sort()).toEqual(six.map(({ sessionId }) => sessionId));
    expect((await ids({ ip: '192.0.2.7' })).sort()).toEqual(four.map(({ sessionId }) => sessionId));
    for (const ip of ['192.0.2', '192.0.2.%', 'not an address', 'é', '１９２.0.2.7']) expect(await ids({ ip })).toEqual([]);
  });

  it('finds what began, was used or ends within two instants, both included', async () => {
    const start = app.clock.now();
    const { sessionId, refreshToken } = await app.login(subject, { lifetime: 100 });
    await app.login(newSubject());
    for (const never of [{ lastUsedTo: at(1e9) }, { lastUsedFrom: '1970-01-01' }, { lastUsedFrom: '1969-01-01', lastUsedTo: at(1e9) }]) {
      expect(await ids(never)).toEqual([]);
    }
    app.clock.advance(10);
    await app.http.refresh(refreshToken);
    const instants = { created: start, lastUsed: start + 10_000, expires: start + 110_000 };
    for (const [name, instant] of Object.entries(instants)) {
      const within = (from?: number, to?: number) => {
        const text = (value?: number) => (value === undefined ? undefined : new Date(value).toISOString());
        return ids({ [`${name}From`]: text(from), [`${name}To`]: text(to) });
      };
      for (const [from, to, hit] of [
        [instant, undefined, true],
        [instant + 1, undefined, false],
        [undefined, instant, true],
        [undefined, instant - 1, false],
        [instant, instant, true],
        [instant + 1, instant - 1, false],
      ] as const) {
        expect([name, from, to, await within(from, to)]).toEqual([name, from, to, hit ? [sessionId] : []]);
      }
    }
    // The same instant in another zone, and a day.
    const shifted = new Date(start + 2 * 3_600_000).toISOString().replace('Z', '+02:00');
    expect(await ids({ createdFrom: shifted, createdTo: shifted })).toEqual([sessionId]);
    expect(await ids({ createdFrom: '2020-01-01', createdTo: '2020-01-02' })).toEqual([]);
  });

  it('takes all filters together', async () => {
    const login = await app.login(subject, { device: { userAgent: 'curl/8', browser: null, os: null, device: null, ip: '192.0.2.8' } });
    const all = { status: 'active', audience: 'test', kind: 'session', device: 'curl', ip: '192.0.2.8', createdFrom: at(0), createdTo: at(0), jti: `${login.sessionId}.0` };
    expect(await ids(all)).toEqual([login.sessionId]);
    for (const [name, miss] of Object.entries({ status: 'revoked', audience: 'x', kind: 'key', device: 'wget', ip: '192.0.2.9', createdFrom: at(1), createdTo: at(-1), jti: 'x' })) {
      expect(await ids({ ...all, [name]: miss })).toEqual([]);
    }
  }); // prettier-ignore

  it.each(['createdAt', 'lastUsed', 'expiresAt'])('is in the order of %s, in both directions, with ties in the order of ids', async (sort) => {
    for (let index = 0; index < 6; index++) {
      const { refreshToken } = await app.login(subject, { lifetime: 1000 - index });
      if (index % 2) await app.http.refresh(refreshToken);
      if (index % 3 === 2) app.clock.advance(1);
    }
    const place = (row: object) => String((row as Record<string, string | null>)[sort] ?? '');
    const compare = (a: { id: string }, b: { id: string }) => `${place(a)} ${a.id}`.localeCompare(`${place(b)} ${b.id}`, 'en');
    const ascending = (await list({ subject, sort, order: 'asc' })).data;
    expect(ascending).toHaveLength(6);
    expect(ascending).toEqual([...ascending].sort(compare));
    expect((await list({ subject, sort, order: 'desc' })).data).toEqual([...ascending].reverse());
    expect((await list({ subject, sort })).data).toEqual([...ascending].reverse());
  });

  it.each(['asc', 'desc'] as const)('is read page by page, there and back, without a gap or a double, %s', async (order) => {
    for (let index = 0; index < 7; index++) {
      await app.login(subject);
      if (index === 3) app.clock.advance(1);
    }
    const whole = (await list({ subject, order })).data;
    for (const limit of [1, 2, 3, 7, 200]) {
      const pages = [await list({ subject, order, limit })];
      while (pages.at(-1)!.nextCursor) pages.push(await list({ subject, order, limit, cursor: pages.at(-1)!.nextCursor! }));
      expect(pages.flatMap(({ data }) => data)).toEqual(whole);
      expect(pages[0]!.prevCursor).toBeNull();
      for (const { total } of pages) expect(total).toEqual({ value: 7, capped: false });
      const back = [];
      for (let page = pages.at(-1)!; page.prevCursor;) back.unshift((page = await list({ subject, order, limit, cursor: page.prevCursor })));
      expect(back.flatMap(({ data }) => data)).toEqual(whole.slice(0, whole.length - pages.at(-1)!.data.length));
    }
  });

  it('neither loses nor doubles a row while others begin and end during the reading', async () => {
    for (let index = 0; index < 9; index++) await app.login(subject);
    const stable = (await list({ subject })).data.map(({ id }) => id);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list({ subject, limit: 2, cursor });
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
      await app.login(subject);
      app.clock.advanceMilliseconds(1);
      await admin.delete(`/${seen[0]!}`);
    }
    expect(seen).toEqual(stable);
    // A row that leaves the filter leaves the pages to come, and takes no other with it.
    const active: string[] = [];
    const living = (await list({ subject, status: 'active' })).data.map(({ id }) => id);
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list({ subject, status: 'active', limit: 3, cursor });
      active.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
      if (page.data.length) await admin.delete(`/${page.data.at(-1)!.id}`);
    }
    expect(active).toEqual(living);
  });

  it('is empty, with no way on, when nothing matches', async () => {
    expect(await list({ subject })).toEqual({ data: [], nextCursor: null, prevCursor: null, total: { value: 0, capped: false } });
  });
});

describeOnEveryStack('a cursor', (stack) => {
  const secrets = { old: { id: 'old', value: 'o'.repeat(40) }, young: { id: 'young', value: 'y'.repeat(40) } };
  let app: RunningApp;
  let admin: AdminClient;
  let cursor: string;

  beforeAll(async () => {
    app = await stack.start({ admin: ADMINISTRATORS, secret: [secrets.old] });
    admin = await AdminClient.signIn(app);
    for (let index = 0; index < 3; index++) await app.login('somebody');
    cursor = (await admin.find('', { subject: 'somebody', limit: 1 })).body.nextCursor;
  });

  const expectRefused = async (path: string, query: Query, by = admin) => {
    const { status, body } = await by.find(path, query);
    expect([query, status, body.code, body.message]).toEqual([query, 400, 'request_invalid', expect.stringContaining('cursor')]);
  };

  it('opens the same list with another size of page, in any order of the parameters', async () => {
    for (const query of [{ subject: 'somebody', cursor, limit: 2 }, { cursor, subject: 'somebody' }, { cursor, order: 'desc', sort: 'createdAt', subject: 'somebody' }]) {
      expect((await admin.find('', query)).body.data).toHaveLength(2);
    }
  }); // prettier-ignore

  it('opens no other list, no other order and no changed filter', async () => {
    for (const other of [{}, { subject: 'somebodY' }, { subject: 'somebody', status: 'active' }, { subject: 'somebody', sort: 'lastUsed' }, { subject: 'somebody', order: 'asc' }, { audience: 'somebody' }]) {
      await expectRefused('', { ...other, cursor });
    }
    await expectRefused('/events', { subject: 'somebody', cursor });
    const { nextCursor } = (await admin.find('/events', { subject: 'somebody', limit: 1 })).body;
    await expectRefused('', { subject: 'somebody', cursor: nextCursor });
    await expectRefused('/events', { cursor: nextCursor });
  }); // prettier-ignore

  it('that was changed in any place opens nothing', async () => {
    for (let place = 0; place < cursor.length; place++) {
      await expectRefused('', {
        subject: 'somebody',
        cursor: cursor.slice(0, place) + (cursor[place] === 'A' ? 'B' : 'A') + cursor.slice(place + 1),
      });
    }
    for (const changed of [cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, cursor.toUpperCase()]) {
      await expectRefused('', { subject: 'somebody', cursor: changed });
    }
  });

  it('outlives the change of the secret while the old one is listed, and not longer', async () => {
    const rotated = await stack.start({ admin: ADMINISTRATORS, secret: [secrets.young, secrets.old] });
    expect((await (await AdminClient.signIn(rotated)).find('', { subject: 'somebody', cursor })).body.data).toHaveLength(2);
    const after = await stack.start({ admin: ADMINISTRATORS, secret: [secrets.young] });
    await expectRefused('', { subject: 'somebody', cursor }, await AdminClient.signIn(after));
  });
});
