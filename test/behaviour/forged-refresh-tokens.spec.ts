import { createHmac, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { firstSecret } from '../../src/tokens/ratchet';
import { RefreshTokenCodec, type RefreshTokenContent } from '../../src/tokens/refresh-token.codec';
import { ServerSecrets } from '../../src/tokens/server-secrets';
import { FakeClock } from 'nestjs-jwt-refresh/testing';
import { type Answer, bearer } from '../support/http';
import { describeOnEveryAdapter, describeOnEveryDatabase, newSubject, type RunningApp } from '../support/stack';

const FORMATS = ['opaque', 'jwt', 'jwe'] as const;
type Format = (typeof FORMATS)[number];

const NO_FAMILY = '00000000-0000-0000-0000-000000000000';

const newSecret = () => randomBytes(48).toString('base64');
const outcome = ({ status, body }: Answer) => `${status} ${body.code}`;
const eventTypes = async (app: RunningApp, subject: string) => (await app.audit(subject)).map(({ type }) => type);

/** Presents tokens one after the other. @returns each different answer once, and the statements all of them caused */
async function present(app: RunningApp, tokens: readonly unknown[]): Promise<{ outcomes: string[]; statements: string[] }> {
  const outcomes = new Set<string>();
  // What earlier requests have left for the audit log is written first, so that it is not counted here.
  await app.audit('nobody');
  const statements = await app.statements.during(async () => {
    for (const token of tokens) outcomes.add(outcome(await app.http.refresh(token)));
  });
  return { outcomes: [...outcomes], statements };
}

const REFUSED_UNSEEN = { outcomes: ['401 refresh_token_invalid'], statements: [] };

describeOnEveryAdapter('forged refresh tokens', (stack) => {
  describe.each(FORMATS)('%s', (format) => {
    let app: RunningApp;
    let subject: string;
    let token: string;
    let sessionId: string;

    beforeAll(async () => {
      app = await stack.start({ refreshToken: { format } });
    });
    beforeEach(async () => {
      subject = newSubject();
      ({ refreshToken: token, sessionId } = await app.login(subject));
    });

    const expectUntouched = async () => {
      expect(await app.rows(subject)).toMatchObject([{ id: sessionId, generation: 0, revokedAt: null }]);
      expect((await app.http.refresh(token)).status).toBe(200);
      expect(await eventTypes(app, subject)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
    };

    it('refuses random tokens of the right shape and length, and asks the database nothing', async () => {
      const forgeries = Array.from({ length: 20 }, () => randomLike(token, format));
      expect(await present(app, forgeries)).toEqual(REFUSED_UNSEEN);
      await expectUntouched();
    });

    it('refuses a live token with any one character changed, and asks the database nothing', async () => {
      const forgeries = Array.from(token, (_, at) => flipped(token, at));
      expect(new Set([token, ...forgeries]).size).toBe(token.length + 1);
      expect(await present(app, forgeries)).toEqual(REFUSED_UNSEEN);
      await expectUntouched();
    });

    it('refuses whatever a forger makes who knows all but the server secret, and revokes nothing', async () => {
      const generations = [0, 1, 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
      const families = [sessionId, neighbourOf(sessionId), uuidv7(), NO_FAMILY];
      const forger = new ServerSecrets([{ id: 'default', value: newSecret() }]);
      const codec = new RefreshTokenCodec(forger, format);
      const contents = families.flatMap((familyId) => generations.map((generation) => contentOf({ familyId, generation })));
      expect(await present(app, await Promise.all(contents.map((content) => codec.encode(content, forger.current))))).toEqual(REFUSED_UNSEEN);
      await expectUntouched();
    });
  });

  describe('opaque fields', () => {
    let app: RunningApp;
    let subject: string;
    let token: string;
    let spent: string;

    beforeAll(async () => {
      app = await stack.start({ refreshToken: { graceSeconds: 0 } });
    });
    beforeEach(async () => {
      subject = newSubject();
      spent = (await app.login(subject)).refreshToken;
      token = (await app.http.refresh(spent)).body.refresh_token;
    });

    it.each<[string, (body: Buffer) => Buffer]>([
      ['generation 0, long spent', (body) => (body.writeUInt32BE(0, body.length - 36), body)],
      ['the next generation', (body) => (body.writeUInt32BE(2, body.length - 36), body)],
      ['the largest signed generation', (body) => (body.writeInt32BE(2 ** 31 - 1, body.length - 36), body)],
      ['a generation that is negative when signed', (body) => (body.writeInt32BE(-1, body.length - 36), body)],
      ['the neighbouring family', (body) => (body.writeUInt8(body.readUInt8(body.length - 37) ^ 1, body.length - 37), body)],
      ['a family of zeros', (body) => body.fill(0, body.length - 52, body.length - 36)],
      ['a family of ones', (body) => body.fill(0xff, body.length - 52, body.length - 36)],
      ['another secret', (body) => body.fill(7, body.length - 32)],
      ['another version', (body) => (body.writeUInt8(2, 0), body)],
      ['no secret id', (body) => Buffer.concat([Buffer.of(1, 0), body.subarray(9)])],
      ['a secret id with a quote', (body) => Buffer.concat([Buffer.of(1, 7), Buffer.from("' OR 1="), body.subarray(9)])],
      ['a secret id that is a property of every object', (body) => Buffer.concat([Buffer.of(1, 9), Buffer.from('__proto__'), body.subarray(9)])],
      ['a secret id longer than the token', (body) => (body.writeUInt8(255, 1), body)],
      ['nothing but a header', (body) => body.subarray(0, 9)],
    ])('can not be changed to %s', async (_, change) => {
      const bytes = Buffer.from(token.slice('jrt_'.length), 'base64url');
      const mac = bytes.subarray(-32);
      const body = change(Buffer.from(bytes.subarray(0, -32)));
      const macs = [
        mac,
        Buffer.alloc(32),
        Buffer.alloc(0),
        createHmac('sha256', '').update(body).digest(),
        createHmac('sha256', 'default').update(body).digest(),
      ];
      const forgeries = macs.map((each) => `jrt_${Buffer.concat([body, each]).toString('base64url')}`);
      expect(await present(app, forgeries)).toEqual(REFUSED_UNSEEN);
      expect(await app.rows(subject)).toMatchObject([{ generation: 1, revokedAt: null }]);
      expect((await app.http.refresh(token)).status).toBe(200);
    });

    it('can be read by anybody, yet a spent generation revokes its family only with its own secret', async () => {
      const forgery = Buffer.from(spent.slice('jrt_'.length), 'base64url');
      forgery.subarray(-64, -32).fill(0);
      expect(await present(app, [`jrt_${forgery.toString('base64url')}`])).toEqual(REFUSED_UNSEEN);
      expect(outcome(await app.http.refresh(spent))).toBe('401 refresh_token_reused');
    });
  });

  describe('jwt claims', () => {
    let app: RunningApp;
    let subject: string;
    let token: string;
    let sessionId: string;

    beforeAll(async () => {
      app = await stack.start({ refreshToken: { format: 'jwt' } });
    });
    beforeEach(async () => {
      subject = newSubject();
      ({ refreshToken: token, sessionId } = await app.login(subject));
    });

    it.each([
      '-1', '0', '2147483648', '9223372036854775807', '9223372036854775808', '1e3', '1e999', '0.5', '"0"', '"0x10"', '"007"', '"１"', 'null', 'true', '[0]', '{}',
    ])('can not be changed to generation %s', async (gen) => {
      const payload = `{"sid":"${sessionId}","gen":${gen},"sec":"${firstSecret().toString('base64url')}","iat":0,"exp":9999999999}`;
      expect(await present(app, resigned(token, payload))).toEqual(REFUSED_UNSEEN);
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
    }); // prettier-ignore

    it.each([
      '"00000000-0000-0000-0000-000000000000"', '"\' OR 1=1 --"', '"%"', '""', '"\\u0000"', 'null', '0', '[]', '{"$ne":null}',
    ])('can not be changed to family %s', async (sid) => {
      const payload = `{"sid":${sid},"gen":0,"sec":"${firstSecret().toString('base64url')}","iat":0,"exp":9999999999}`;
      expect(await present(app, resigned(token, payload))).toEqual(REFUSED_UNSEEN);
    }); // prettier-ignore

    it('can not be taken over with the header "alg": "none"', async () => {
      const [, payload] = token.split('.');
      const header = (alg: string) => Buffer.from(JSON.stringify({ alg, typ: 'rt+jwt', kid: 'default' })).toString('base64url');
      const forgeries = ['none', 'None', 'nOnE', ''].map((alg) => `${header(alg)}.${payload}.`);
      expect(await present(app, forgeries)).toEqual(REFUSED_UNSEEN);
    });
  });
});

/** One row of the table: a title and what is sent. Each way has its own. */
const JSON_BODIES: [title: string, body: (token: string) => unknown][] = [
  ['no body', () => undefined],
  ['an empty object', () => ({})],
  ['null as the body', () => null],
  ['an array as the body', (token) => [token]],
  ['a text as the body', (token) => token],
  ['an empty text', () => ({ refresh_token: '' })],
  ['null', () => ({ refresh_token: null })],
  ['0', () => ({ refresh_token: 0 })],
  ['false', () => ({ refresh_token: false })],
  ['true', () => ({ refresh_token: true })],
  ['an object', () => ({ refresh_token: {} })],
  ['an object with the methods of a text', (token) => ({ refresh_token: { length: 1, value: token, toString: token } })],
  ['an empty list', () => ({ refresh_token: [] })],
  ['a list of the token', (token) => ({ refresh_token: [token] })],
  ['the token in another letter case', (token) => ({ Refresh_Token: token })],
  ['the token one level down', (token) => ({ data: { refresh_token: token } })],
  ['the token in the prototype', (token) => JSON.parse(`{"__proto__":{"refresh_token":"${token}"}}`) as unknown],
  ['the token with spaces around it', (token) => ({ refresh_token: ` ${token} ` })],
  ['the token with a line end', (token) => ({ refresh_token: `${token}\n` })],
  ['the token with a NUL', (token) => ({ refresh_token: `${token}\0` })],
  ['the token as a bearer', (token) => ({ refresh_token: `Bearer ${token}` })],
  ['NUL', () => ({ refresh_token: '\0' })],
  ['half a surrogate pair', () => ({ refresh_token: '\ud800' })],
  ['a megabyte', () => ({ refresh_token: 'A'.repeat(1_000_000) })],
  ['a megabyte of dots', () => ({ refresh_token: '.'.repeat(1_000_000) })],
  ['two megabytes', () => ({ refresh_token: `jrt_${'A'.repeat(2_000_000)}` })],
];

const FORM_BODIES: [title: string, form: (token: string) => string][] = [
  ['nothing', () => ''],
  ['an empty text', () => 'refresh_token='],
  ['the bare name', () => 'refresh_token'],
  ['the word null', () => 'refresh_token=null'],
  ['0', () => 'refresh_token=0'],
  ['the word false', () => 'refresh_token=false'],
  ['the text {}', () => 'refresh_token={}'],
  ['the text []', () => 'refresh_token=[]'],
  ['a list of the token', (token) => `refresh_token[]=${token}`],
  ['an object with the token', (token) => `refresh_token[value]=${token}`],
  ['the token twice', (token) => `refresh_token=${token}&refresh_token=${token}`],
  ['an escape that is none', () => 'refresh_token=%zz'],
  ['NUL', () => 'refresh_token=%00'],
  ['a megabyte', () => `refresh_token=${'A'.repeat(1_000_000)}`],
  ['two megabytes', () => `refresh_token=${'A'.repeat(2_000_000)}`],
];

describeOnEveryAdapter('a refresh without a usable token', (stack) => {
  let app: RunningApp;
  let subject: string;
  let token: string;

  beforeAll(async () => {
    app = await stack.start();
    subject = newSubject();
    token = (await app.login(subject)).refreshToken;
    await app.audit(subject);
  });

  const expectRefusal = async (send: () => Promise<Answer>) => {
    let answer: Answer | undefined;
    expect(await app.statements.during(async () => (answer = await send()))).toEqual([]);
    expect(answer!.headers.get('content-type')).toContain('json');
    expect([400, 401, 413]).toContain(answer!.status);
    if (answer!.status === 401) expect(answer!.body.code).toBe('refresh_token_invalid');
    expect(await app.rows(subject)).toMatchObject([{ generation: 0, revokedAt: null }]);
  };

  it.each(JSON_BODIES)('is refused for JSON with %s, and asks the database nothing', async (_, body) => {
    await expectRefusal(() => app.http.post('/auth/jwt-refresh', body(token)));
  });

  it.each(FORM_BODIES)('is refused for a form with %s, and asks the database nothing', async (_, form) => {
    await expectRefusal(() => app.http.postForm('/auth/jwt-refresh', form(token)));
  });

  it('is told apart: no token is a bad request, a bad token is unauthorized', async () => {
    expect(outcome(await app.http.refresh(undefined))).toBe('400 refresh_token_missing');
    expect(outcome(await app.http.refresh('nonsense'))).toBe('401 refresh_token_invalid');
  });

  it('takes the very same token as JSON and as a form', async () => {
    const { refreshToken } = await app.login(newSubject());
    const asJson = await app.http.refresh(refreshToken);
    const asForm = await app.http.postForm('/auth/jwt-refresh', `refresh_token=${refreshToken}`);
    expect(asForm.status).toBe(200);
    expect(asForm.body.refresh_token).toBe(asJson.body.refresh_token);
  });
});

describeOnEveryAdapter('a token of another kind', (stack) => {
  let app: RunningApp;
  let subject: string;

  describe.each(FORMATS)('%s', (format) => {
    beforeAll(async () => {
      app = await stack.start({ refreshToken: { format } });
    });
    beforeEach(() => {
      subject = newSubject();
    });

    it('an access token does not refresh, and costs the session nothing', async () => {
      const { accessToken, refreshToken } = await app.login(subject);
      expect(await present(app, [accessToken])).toEqual(REFUSED_UNSEEN);
      expect((await app.http.get('/me', bearer(accessToken))).status).toBe(200);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
      expect(await eventTypes(app, subject)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
    });

    it.each(['/me', '/stateless', '/passport/me'])('a refresh token does not open %s, and is not spent by the attempt', async (route) => {
      const { refreshToken } = await app.login(subject);
      await app.audit(subject);
      const statements = await app.statements.during(async () => {
        expect((await app.http.get(route, bearer(refreshToken))).status).toBe(401);
      });
      expect(statements).toEqual([]);
      expect(await app.rows(subject)).toMatchObject([{ generation: 0, lastUsed: null, revokedAt: null }]);
      expect((await app.http.refresh(refreshToken)).status).toBe(200);
    });
  });
});

describeOnEveryDatabase('two tenants on one database', (stack) => {
  it.each(FORMATS)('do not accept each other’s tokens, %s', async (format) => {
    const [here, there] = [await stack.start({ refreshToken: { format } }), await stack.start({ refreshToken: { format } })];
    const subject = newSubject();
    const { accessToken, refreshToken } = await there.login(subject);
    expect(await present(here, [refreshToken])).toEqual(REFUSED_UNSEEN);
    expect(outcome(await here.http.get('/me', bearer(accessToken)))).toBe('401 access_token_invalid');
    expect((await here.http.logout(refreshToken)).status).toBe(204);
    expect((await there.http.get('/me', bearer(accessToken))).status).toBe(200);
    expect((await there.http.refresh(refreshToken)).status).toBe(200);
    expect(await eventTypes(there, subject)).toEqual(['refresh_token.issued', 'refresh_token.rotated']);
  });
});

describeOnEveryDatabase('refresh token formats', (stack) => {
  let subject: string;

  beforeEach(() => {
    subject = newSubject();
  });

  it.each(FORMATS)('a retry returns the identical token, from every node, %s', async (format) => {
    const secret = newSecret();
    const clock = new FakeClock();
    const one = await stack.start({ secret, clock, refreshToken: { format } });
    const other = await stack.start({ secret, clock, refreshToken: { format } });
    let { refreshToken } = await one.login(subject);
    for (let generation = 1; generation <= 3; generation++) {
      const first = await one.http.refresh(refreshToken);
      clock.advance(29);
      for (const node of [one, other, one, other]) {
        const retry = await node.http.refresh(refreshToken);
        expect(retry.status).toBe(200);
        expect(retry.body.refresh_token).toBe(first.body.refresh_token);
      }
      refreshToken = first.body.refresh_token as string;
    }
    expect(await one.rows(subject)).toMatchObject([{ generation: 3, revokedAt: null }]);
  });

  const changes = FORMATS.flatMap((from) => FORMATS.filter((to) => to !== from).map((to): [Format, Format] => [from, to]));

  it.each(changes)('a change from %s to %s logs nobody out: the old token is good and its successor has the new format', async (from, to) => {
    const secret = newSecret();
    const before = await stack.start({ secret, refreshToken: { format: from } });
    const after = await stack.start({ secret, refreshToken: { format: to } });
    const { refreshToken } = await before.login(subject);
    expect(formatOf(refreshToken)).toBe(from);
    const upgraded = await after.http.refresh(refreshToken);
    expect(upgraded.status).toBe(200);
    expect(formatOf(upgraded.body.refresh_token)).toBe(to);
    expect((await after.http.refresh(upgraded.body.refresh_token)).status).toBe(200);
    expect(await after.rows(subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });

  it('a retry that reaches a node with another format is the same generation, and both texts are good', async () => {
    const secret = newSecret();
    const clock = new FakeClock();
    const before = await stack.start({ secret, clock });
    const after = await stack.start({ secret, clock, refreshToken: { format: 'jwe' } });
    const { refreshToken } = await before.login(subject);
    const oldText = (await before.http.refresh(refreshToken)).body.refresh_token as string;
    const newText = (await after.http.refresh(refreshToken)).body.refresh_token as string;
    expect([oldText, newText].map(formatOf)).toEqual(['opaque', 'jwe']);
    const successor = await after.http.refresh(newText);
    expect((await after.http.refresh(oldText)).body.refresh_token).toBe(successor.body.refresh_token);
    expect(await after.rows(subject)).toMatchObject([{ generation: 2, revokedAt: null }]);
  });
});

describeOnEveryDatabase('a change of the server secret', (stack) => {
  const OLD = { id: '2025', value: newSecret() };
  const NEW = { id: '2026', value: newSecret() };

  describe.each(FORMATS)('%s', (format) => {
    const clock = new FakeClock();
    let before: RunningApp;
    let during: RunningApp;
    let after: RunningApp;
    let subject: string;

    beforeAll(async () => {
      before = await stack.start({ secret: [OLD], clock, refreshToken: { format } });
      during = await stack.start({ secret: [NEW, OLD], clock, refreshToken: { format } });
      after = await stack.start({ secret: [NEW], clock, refreshToken: { format } });
    });
    beforeEach(() => {
      subject = newSubject();
    });

    it('logs nobody out: an old token is good and its successor is made with the new secret', async () => {
      const { refreshToken, accessToken } = await before.login(subject);
      expect((await during.http.get('/me', bearer(accessToken))).status).toBe(200);
      const upgraded = await during.http.refresh(refreshToken);
      expect(upgraded.status).toBe(200);
      expect(await during.rows(subject)).toMatchObject([{ generation: 1, secretId: NEW.id }]);
      expect((await after.http.refresh(upgraded.body.refresh_token)).status).toBe(200);
      expect((await after.http.get('/me', bearer(upgraded.body.access_token))).status).toBe(200);
    });

    it('gives a retry the identical token when the first try was answered before the change', async () => {
      const { refreshToken } = await before.login(subject);
      const first = await before.http.refresh(refreshToken);
      const retry = await during.http.refresh(refreshToken);
      expect(retry.status).toBe(200);
      expect(retry.body.refresh_token).toBe(first.body.refresh_token);
      expect(await during.rows(subject)).toMatchObject([{ generation: 1, secretId: OLD.id }]);
    });

    it('gives a retry the identical token when the first try was answered during the change', async () => {
      const { refreshToken } = await before.login(subject);
      const first = await during.http.refresh(refreshToken);
      clock.advance(29);
      const retry = await during.http.refresh(refreshToken);
      expect(retry.status).toBe(200);
      expect(retry.body.refresh_token).toBe(first.body.refresh_token);
    });

    it('still tells a replayed old token while the old secret is kept', async () => {
      const { refreshToken } = await before.login(subject);
      await during.http.refresh(refreshToken);
      clock.advance(30);
      expect(outcome(await during.http.refresh(refreshToken))).toBe('401 refresh_token_reused');
    });

    it('goes unnoticed by a session that meets nodes of each step, if the new secret is announced second before it comes first', async () => {
      const announced = await stack.start({ secret: [OLD, NEW], clock, refreshToken: { format } });
      let { refreshToken } = await before.login(subject);
      for (const [first, then] of [
        [before, announced],
        [announced, before],
        [announced, during],
        [during, announced],
        [during, after],
        [after, during],
      ] as const) {
        const successor = await first.http.refresh(refreshToken);
        const retry = await then.http.refresh(refreshToken);
        expect([successor.status, retry.status, retry.body.refresh_token]).toEqual([200, 200, successor.body.refresh_token]);
        refreshToken = successor.body.refresh_token as string;
      }
      expect(await after.rows(subject)).toMatchObject([{ generation: 6, secretId: NEW.id, revokedAt: null }]);
    });

    it('refuses a token of the old secret once that is gone, as invalid and not as reuse', async () => {
      const idle = await before.login(subject);
      const busy = await before.login(subject);
      const upgraded = (await during.http.refresh(busy.refreshToken)).body.refresh_token as string;
      clock.advance('1h');
      expect(await present(after, [idle.refreshToken, busy.refreshToken])).toEqual(REFUSED_UNSEEN);
      expect(outcome(await after.http.get('/stateless', bearer(idle.accessToken)))).toBe('401 access_token_invalid');
      expect((await after.http.refresh(upgraded)).status).toBe(200);
      expect(await after.rows(subject)).toMatchObject([{ revokedAt: null }, { revokedAt: null }]);
      expect(await eventTypes(after, subject)).not.toContain('refresh_token.reused');
    });
  });
});

describe('a hundred thousand refresh tokens', () => {
  it('are all different, and so are their secrets: 32 bytes each, from a cryptographic source', async () => {
    const predictable = jest.spyOn(Math, 'random');
    const server = new ServerSecrets([{ id: 'default', value: newSecret() }]);
    const codec = new RefreshTokenCodec(server, 'opaque');
    const familyId = uuidv7();
    const tokens = new Set<string>();
    const secrets = new Set<string>();
    const lengths = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      const content = contentOf({ familyId, generation: 0 });
      tokens.add(await codec.encode(content, server.current));
      secrets.add(content.secret.toString('hex'));
      lengths.add(content.secret.length);
    }
    expect([tokens.size, secrets.size, [...lengths]]).toEqual([100_000, 100_000, [32]]);
    expect(predictable).not.toHaveBeenCalled();
    predictable.mockRestore();
  });
});

function contentOf(known: Pick<RefreshTokenContent, 'familyId' | 'generation'>): RefreshTokenContent {
  return { ...known, secret: firstSecret(), issuedAt: 1_763_600_000, expiresAt: 4_102_444_800 };
}

function formatOf(token: string): Format {
  if (token.startsWith('jrt_')) return 'opaque';
  return token.split('.').length === 5 ? 'jwe' : 'jwt';
}

/** The same token with the lowest bit of one character's value changed, so that bits a lenient decoder ignores change too. */
function flipped(token: string, at: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const value = alphabet.indexOf(token[at]!);
  return token.slice(0, at) + (value < 0 ? 'A' : alphabet[value ^ 1]) + token.slice(at + 1);
}

/** Random text with the outside of a token: prefix, or header and segments, and every length. */
function randomLike(token: string, format: Format): string {
  const random = (text: string) => randomBytes(text.length).toString('base64url').slice(0, text.length);
  if (format === 'opaque') return `jrt_${random(token.slice(4))}`;
  const [header, ...segments] = token.split('.');
  return [header, ...segments.map(random)].join('.');
}

/** A payload under a token's own header, signed with whatever a stranger could think of. */
function resigned(token: string, payload: string): string[] {
  const [header, ownPayload, ownSignature] = token.split('.') as [string, string, string];
  const input = `${header}.${Buffer.from(payload).toString('base64url')}`;
  const keys = ['', 'default', header, ownPayload, ownSignature, newSecret()];
  const signatures = keys.map((key) => createHmac('sha256', key).update(input).digest('base64url'));
  return [ownSignature, '', ...signatures].map((signature) => `${input}.${signature}`);
}

/** The id that differs in its last bit. */
function neighbourOf(id: string): string {
  return id.slice(0, -1) + (Number.parseInt(id.slice(-1), 16) ^ 1).toString(16);
}
