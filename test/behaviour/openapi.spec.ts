import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { JwtRefreshModuleOptions } from 'nestjs-jwt-refresh';
import { createTestApp, loginAs, type TestApp } from 'nestjs-jwt-refresh/testing';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Answer, bearer, HttpClient } from '../support/http';

const COMMITTED = join(__dirname, '../../docs/openapi.json');
const ADMIN = '/admin/refresh-tokens';
const admin: JwtRefreshModuleOptions['admin'] = { authorize: ({ role }) => role === 'admin' };

interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
  allOf?: JsonSchema[];
  anyOf?: JsonSchema[];
}

interface Operation {
  operationId: string;
  summary: string;
  tags: string[];
  security: object[];
  parameters: { name: string; required: boolean; schema: JsonSchema }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;
}

interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

describe('the committed API description', () => {
  it('is what the controllers say; after a build, npm run write:openapi renews it', async () => {
    expect(await describeDemo()).toEqual(JSON.parse(readFileSync(COMMITTED, 'utf8')));
  });
});

describe('the API description', () => {
  let test: TestApp;
  let http: HttpClient;
  let described: Description;

  beforeAll(async () => {
    test = await createTestApp({ jwtRefresh: { admin } });
    http = new HttpClient(test.url);
    described = describeApp(test.app);
  });
  afterAll(() => test.close());

  const operations = () => Object.values(described.paths).flatMap((path) => Object.values(path));
  const schemaNamed = (name: string) => described.components.schemas[name]!;
  const login = (subject: string, role: string) => loginAs(test.app, subject, { content: { role }, label: 'phone', device: device() });

  /** The answer's body, once it is what the description says. */
  function asDescribed(answer: Answer, method: string, path: string, status = 200): Answer['body'] {
    expect(answer.status).toBe(status);
    const { content } = described.paths[path]![method]!.responses[status]!;
    expect(misfits(content!['application/json']!.schema, answer.body)).toEqual([]);
    return answer.body;
  }

  /** How a value differs from its schema. Members that are not described are differences too. */
  function misfits(schema: JsonSchema, value: unknown, path = 'it'): string[] {
    if (schema.$ref) return misfits(schemaNamed(schema.$ref.replace(/.*\//, '')), value, path);
    if (schema.allOf) return schema.allOf.flatMap((part) => misfits(part, value, path));
    if (schema.anyOf) return schema.anyOf.map((part) => misfits(part, value, path)).sort((a, b) => a.length - b.length)[0]!;
    const type = typeOf(value);
    if (![schema.type].flat().includes(type)) return [`${path} is ${type}`];
    if (schema.enum && !schema.enum.includes(value)) return [`${path} is ${String(value)}`];
    if (schema.format === 'date-time' && typeof value === 'string' && new Date(value).toISOString() !== value) return [`${path} is ${value}`];
    if (Array.isArray(value)) return value.flatMap((item, index) => misfits(schema.items!, item, `${path}[${index}]`));
    if (type !== 'object' || schema.additionalProperties) return [];
    const given = value as Record<string, unknown>;
    return [...new Set([...(schema.required ?? []), ...Object.keys(given)])].flatMap((name) => {
      const member = schema.properties?.[name];
      if (!member || !(name in given)) return [`${path}.${name} is ${member ? 'missing' : 'not described'}`];
      return misfits(member, given[name], `${path}.${name}`);
    });
  }

  it('tells of every route what it does, who may call it and what it answers', () => {
    const withTokens = operations().filter(({ operationId }) => !['getPublicKeys', 'oauthServerMetadata'].includes(operationId));
    expect(withTokens).toHaveLength(20);
    for (const { operationId, summary, tags, security, responses } of withTokens) {
      expect({ operationId, summary, tags, security }).toEqual({
        operationId: expect.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/),
        summary: expect.stringMatching(/^[A-Z].+[^.]$/),
        tags: [expect.stringMatching(/^(auth|oauth|admin)$/)],
        security: expect.arrayContaining([tags[0] === 'oauth' ? {} : { bearer: [] }]),
      });
      for (const [status, { content, description }] of Object.entries(responses)) {
        expect(description).not.toBe('');
        const isEmpty = status === '204' || (operationId === 'oauthRevoke' && status === '200');
        if (!isEmpty) expect(Object.values(content!)[0]!.schema).toBeDefined();
      }
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '503']));
    }
  });

  it('tells that the public keys are for everybody, and what a key looks like', async () => {
    const { security, responses } = described.paths['/.well-known/jwks.json']!.get!;
    expect([security, Object.keys(responses)]).toEqual([undefined, ['200']]);
    const pairs = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('rsa', { modulusLength: 2048 }),
      generateKeyPairSync('ed25519'),
    ];
    const keys = (['ES256', 'RS256', 'EdDSA'] as const).map((algorithm, index) => ({ id: algorithm, algorithm, ...pairs[index] }));
    const other = await createTestApp({ jwtRefresh: { accessToken: { keys } } });
    const answer = await new HttpClient(other.url).get('/.well-known/jwks.json');
    expect(asDescribed(answer, 'get', '/.well-known/jwks.json').keys).toHaveLength(3);
    await other.close();
  });

  it('names every operation and every schema once', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(described.components.schemas)).not.toContain('Object');
  });

  it('has the paths and names that the host has chosen', async () => {
    const other = await createTestApp({ jwtRefresh: { path: 'login', routes: { refresh: 'again' }, adminPath: 'keys', admin } });
    const { paths } = describeApp(other.app);
    expect(paths['/login/again']!.post).toMatchObject({ operationId: 'refresh', tags: ['auth'] });
    expect(paths['/keys/{id}']!.get).toMatchObject({ operationId: 'getRefreshToken', tags: ['admin'] });
    await other.close();
  });

  it('knows the rules of what is sent', () => {
    const { parameters } = described.paths[ADMIN]!.get!;
    const schemaOf = (name: string) => parameters.find((parameter) => parameter.name === name)!.schema;
    expect(parameters.some(({ required }) => required)).toBe(false);
    expect(schemaOf('limit')).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
    expect(schemaOf('status')).toEqual({ type: 'string', enum: ['active', 'expired', 'revoked'] });
    expect(schemaOf('createdFrom')).toEqual({ type: 'string', format: 'date-time' });
    const { required, properties } = schemaNamed('CreateKeyBody');
    expect(required).toEqual(['audience', 'lifetime']);
    expect(properties!.label).toMatchObject({ type: 'string', minLength: 1, maxLength: 255 });
    expect(schemaNamed('RevokeFilter').properties!.ids).toMatchObject({ type: 'array', items: { type: 'string', format: 'uuid' }, maxItems: 200 });
  });

  it('is true of what users get', async () => {
    const pair = await login('alice', 'user');
    const refreshed = asDescribed(await http.refresh(pair.refreshToken), 'post', '/auth/jwt-refresh');
    asDescribed(await http.post('/auth/jwt-refresh', {}), 'post', '/auth/jwt-refresh', 400);
    asDescribed(await http.refresh('none'), 'post', '/auth/jwt-refresh', 401);
    const mine = bearer(refreshed.access_token);
    asDescribed(await http.get('/auth/sessions', mine), 'get', '/auth/sessions');
    asDescribed(await http.delete('/auth/sessions?except=all', mine), 'delete', '/auth/sessions', 400);
    asDescribed(await http.delete('/auth/sessions/none', mine), 'delete', '/auth/sessions/{id}', 404);
    asDescribed(await http.get(ADMIN, mine), 'get', ADMIN, 403);
  });

  it('is true of what administrators get', async () => {
    const pair = await login('bob', 'user');
    const mine = bearer((await login('admin', 'admin')).accessToken);
    const get = (path: string, route = path) => http.get(ADMIN + path, mine).then((answer) => asDescribed(answer, 'get', ADMIN + route));
    const post = (path: string, body: object, route = path, status = 200) =>
      http.post(ADMIN + path, body, mine).then((answer) => asDescribed(answer, 'post', ADMIN + route, status));
    const key = await post('', { audience: 'test', lifetime: '90d', content: { scope: 'read' } }, '', 201);
    await post('/lookup', { token: pair.refreshToken });
    await post(`/${key.id}/revoke`, { reason: 'test' }, '/{id}/revoke');
    await post('/revoke', { filter: { subject: 'bob' }, reason: 'test' });
    await post('/revoke', { filter: {} }, '/revoke', 400);
    for (const path of ['?limit=2', '/events', '/stats', '/settings']) await get(path, path.split('?')[0]);
    await get(`/${key.id}`, '/{id}');
    asDescribed(await http.delete(`${ADMIN}/${key.id}`, mine), 'delete', `${ADMIN}/{id}`);
    asDescribed(await http.get(`${ADMIN}/none`, mine), 'get', `${ADMIN}/{id}`, 404);
  });
});

describe('without @nestjs/swagger', () => {
  afterAll(() => {
    jest.dontMock('@nestjs/swagger');
    jest.resetModules();
  });

  it('the module does all the same', async () => {
    jest.resetModules();
    jest.doMock('@nestjs/swagger', () => {
      throw Object.assign(new Error("Cannot find module '@nestjs/swagger'"), { code: 'MODULE_NOT_FOUND' });
    });
    const fresh = await import('nestjs-jwt-refresh/testing');
    const test = await fresh.createTestApp({ jwtRefresh: { admin } });
    const http = new HttpClient(test.url);
    const pair = await fresh.loginAs(test.app, 'admin', { content: { role: 'admin' } });
    const mine = bearer(pair.accessToken);
    expect((await http.refresh(pair.refreshToken)).status).toBe(200);
    expect((await http.get('/auth/sessions', mine)).body.data).toHaveLength(1);
    expect((await http.get(`${ADMIN}?limit=1&sort=lastUsed`, mine)).body.data).toHaveLength(1);
    expect((await http.get(`${ADMIN}?limit=0`, mine)).status).toBe(400);
    expect((await http.logout(pair.refreshToken)).status).toBe(204);
    await test.close();
  });

  it('a broken one is not taken for a missing one', async () => {
    jest.resetModules();
    jest.doMock('@nestjs/swagger', () => {
      throw new SyntaxError('broken');
    });
    await expect(import('nestjs-jwt-refresh')).rejects.toThrow('broken');
  });
});

function describeApp(app: INestApplication): Description {
  return SwaggerModule.createDocument(app, new DocumentBuilder().setOpenAPIVersion('3.1.0').build()) as unknown as Description;
}

/** As scripts/write-openapi.mjs does: the demo reads its environment when it is loaded. */
async function describeDemo(): Promise<unknown> {
  Object.assign(process.env, { DATABASE_URL: 'sqlite::memory:', JWT_REFRESH_SECRET: 'only to describe the API, never to make tokens' });
  const { AppModule } = jest.requireActual<typeof import('../../demo/app.module')>('../../demo/app.module');
  const { describeApi } = jest.requireActual<typeof import('../../demo/api-docs')>('../../demo/api-docs');
  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'], abortOnError: false });
  const described = JSON.stringify(describeApi(app));
  await app.close();
  return JSON.parse(described);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function device() {
  return { userAgent: 'Firefox', browser: 'Firefox 142.0', os: null, device: 'desktop', ip: '192.0.2.1' };
}
