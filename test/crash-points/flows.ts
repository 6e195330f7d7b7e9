import { decodeJwt } from 'jose';
import type { RefreshToken } from 'nestjs-jwt-refresh';
import { randomUUID } from 'node:crypto';
import type { Answer, HttpClient } from '../support/http';
import type { Request } from './victim-process';
import type { Evidence } from './witness';

/** A request that is going to be interrupted, and what its client knows. */
export interface Attempt {
  readonly request: Request;
  /** Refresh tokens by generation; a login has none yet. */
  readonly tokens: readonly string[];
  /** The family it is about. A login's is found by the name of its device. */
  readonly id?: string;
}

/** Something a client does, and what must be true of it wherever it is interrupted. */
export interface Flow {
  readonly name: string;
  /** What it may change in its row. */
  readonly changes: readonly (keyof RefreshToken)[];
  /** Whether the audit log has one reuse of it in the end. @default false */
  readonly isTheft?: boolean;
  prepare(http: HttpClient): Promise<Attempt>;
  /** Whether it is done, as the database tells; half of it is a failure. Left out where there is nothing to do. */
  isDone?(attempt: Attempt, evidence: Evidence): boolean;
  /** The client repeats its request and gets on. */
  repeat(attempt: Attempt, http: HttpClient): Promise<void>;
}

const USER = { username: 'alice', password: 'alice-demo' };
/** Each time the module itself has waited two seconds for the database. */
const MOST_REPEATS = 5;
const REVOKED = ['revokedAt', 'revokedReason', 'revokedBy'] as const;

const login: Flow = {
  name: 'login',
  changes: [],
  prepare: async () => ({ request: { path: '/auth/login', body: USER, headers: { 'User-Agent': randomUUID() } }, tokens: [] }),
  isDone: ({ request }, { rows }) => {
    const begun = [...rows.values()].filter(({ deviceInfo }) => deviceInfo?.userAgent === request.headers!['User-Agent']);
    expect(begun.map(({ generation, revokedAt }) => ({ generation, revokedAt }))).toEqual(begun.map(() => ({ generation: 0, revokedAt: null })));
    expect(begun.length).toBeLessThan(2);
    return begun.length === 1;
  },
  repeat: async (_, http) => void (await begin(http, 1)),
};

export const refresh: Flow = {
  name: 'refresh',
  changes: ['generation', 'tokenHash', 'rotationNonce', 'secretId', 'rotatedAt', 'lastUsed', 'expiresAt'],
  prepare: (http) => presenting(0, begin(http, 0)),
  isDone: ({ id }, { rows }) => {
    const { generation } = rows.get(id!)!;
    expect([0, 1]).toContain(generation);
    return generation === 1;
  },
  repeat: ({ request, id }, http) => expectOneSuccessor(request, id!, http),
};

/** The answer to a refresh was lost, and this is the second try. */
const retry: Flow = {
  name: 'retry',
  changes: [],
  prepare: (http) => presenting(0, begin(http, 1)),
  repeat: async ({ request, id, tokens }, http) => {
    expect(succeeded(await send(http, request)).refresh_token).toBe(tokens[1]);
    await expectOneSuccessor(request, id!, http);
  },
};

const reuse: Flow = {
  name: 'reuse',
  changes: REVOKED,
  isTheft: true,
  prepare: (http) => presenting(0, begin(http, 2)),
  isDone: ({ id }, { rows, reuses }) => {
    const isRevoked = rows.get(id!)!.revokedReason === 'reuse';
    expect(reuses.get(id!) ?? 0).toBe(isRevoked ? 1 : 0);
    return isRevoked;
  },
  repeat: async ({ request, tokens }, http) => {
    expectRefused(await send(http, request), 'refresh_token_reused');
    expectRefused(await http.refresh(tokens[2]), 'refresh_token_revoked');
  },
};

const logout: Flow = {
  name: 'logout',
  changes: REVOKED,
  prepare: (http) => presenting(0, begin(http, 0), '/auth/logout'),
  isDone: ({ id }, { rows }) => rows.get(id!)!.revokedReason === 'logout',
  repeat: async ({ request, tokens }, http) => {
    expect((await send(http, request)).status).toBe(204);
    expectRefused(await http.refresh(tokens[0]), 'refresh_token_revoked');
  },
};

export const FLOWS: readonly Flow[] = [login, refresh, retry, reuse, logout];

/** Begins a session and refreshes it a number of times. */
export async function begin(http: HttpClient, rotations: number): Promise<{ id: string; tokens: string[] }> {
  const { access_token: accessToken, refresh_token: first } = succeeded(await http.post('/auth/login', USER));
  const tokens = [first];
  for (let i = 0; i < rotations; i++) tokens.push(succeeded(await http.refresh(tokens.at(-1))).refresh_token);
  return { id: decodeJwt(accessToken).sid as string, tokens };
}

async function presenting(generation: number, session: ReturnType<typeof begin>, path = '/auth/jwt-refresh'): Promise<Attempt> {
  const { id, tokens } = await session;
  return { id, tokens, request: { path, body: { refresh_token: tokens[generation] } } };
}

async function expectOneSuccessor(request: Request, id: string, http: HttpClient): Promise<void> {
  const { access_token: accessToken, refresh_token: successor } = succeeded(await send(http, request));
  expect(decodeJwt(accessToken)).toMatchObject({ sid: id, gen: 1 });
  expect(succeeded(await send(http, request)).refresh_token).toBe(successor);
  expect(decodeJwt(succeeded(await http.refresh(successor)).access_token)).toMatchObject({ sid: id, gen: 2 });
}

/** A client asks again while there is no verdict: a server may hear late that a process is gone, and keeps its locks until then. */
async function send(http: HttpClient, { path, body, headers }: Request): Promise<Answer> {
  const ask = () => http.post(path, body, headers);
  let answer = await ask();
  for (let again = 0; answer.status === 503 && again < MOST_REPEATS; again++) answer = await ask();
  return answer;
}

function succeeded({ status, body }: Answer): { access_token: string; refresh_token: string } {
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

function expectRefused({ status, body }: Answer, code: string): void {
  expect({ status, code: body.code }).toEqual({ status: 401, code });
}
