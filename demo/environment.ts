import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import type { AccessTokenOnRefresh, Duration, RefreshTokenFormat, RefreshTokenTransport, SessionCheckMode } from 'nestjs-jwt-refresh';
import { sqliteFile } from './database-url';

/** A variable without a text is as good as none: so compose files pass on what is not set. */
const env: NodeJS.ProcessEnv = Object.fromEntries(Object.entries(process.env).filter(([, text]) => text !== ''));

/** What the demo reads from the environment, with its defaults. */
export const environment = {
  port: Number(env.PORT ?? 3000),
  issuer: env.ISSUER ?? 'https://demo.example',
  databaseUrl: env.DATABASE_URL ?? 'sqlite:demo.sqlite',
  httpAdapter: oneOf('HTTP_ADAPTER', ['express', 'fastify'] as const),
  transport: oneOf<RefreshTokenTransport>('TRANSPORT', ['body', 'cookie', 'both']),
  accessLifetime: duration(env.ACCESS_LIFETIME),
  refreshLifetime: duration(env.REFRESH_LIFETIME),
  graceSeconds: env.GRACE_SECONDS === undefined ? undefined : Number(env.GRACE_SECONDS),
  revocation: oneOf<SessionCheckMode>('REVOCATION', ['bounded', 'strict', 'stateless']),
  // Not HOST: some shells and tool chains export that for themselves.
  host: env.LISTEN_ADDRESS ?? '127.0.0.1',
  replicaUrl: env.REPLICA_URL,
  redisUrl: env.REDIS_URL,
  accessTokenOnRefresh: oneOf<AccessTokenOnRefresh>('ACCESS_TOKEN_ON_REFRESH', ['ignore', 'allow-expired', 'require']),
  accessTokenProp: env.ACCESS_TOKEN_PROP,
  refreshTokenProp: env.REFRESH_TOKEN_PROP,
  tokenFormat: oneOf<RefreshTokenFormat>('TOKEN_FORMAT', ['opaque', 'jwt', 'jwe']),
};

/** The secret of the environment, or one that is made once and kept beside the database file. */
export function serverSecret(): string {
  if (env.JWT_REFRESH_SECRET) return env.JWT_REFRESH_SECRET;
  const file = `${sqliteFile(environment.databaseUrl) ?? 'demo'}.secret`;
  if (!existsSync(file)) keepNewSecret(file);
  return readFileSync(file, 'utf8');
}

/** Nobody reads half of it, and of several processes that make one at a time, one secret is kept. */
function keepNewSecret(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, randomBytes(48).toString('base64'), { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!existsSync(file)) throw error;
  } finally {
    unlinkSync(draft);
  }
}

/** The first is the default. */
function oneOf<Value extends string>(name: string, allowed: readonly Value[]): Value {
  const value = (env[name] ?? allowed[0]) as Value;
  if (!allowed.includes(value)) throw new Error(`${name} must be ${allowed.join(' or ')}, not ${value}`);
  return value;
}

/** A shell has no numbers, so here digits alone are seconds. */
function duration(text: string | undefined): Duration | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : (text as Duration | undefined);
}
