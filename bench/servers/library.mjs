// This library over TypeORM, as a host imports it.
import { TypeOrmModule } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS, JwtRefreshModule } from 'nestjs-jwt-refresh';

/**
 * @param jwtRefresh options of the module, beside those that it has no defaults for
 * @param redis the URL of one that tells nodes of revocations
 * @param admin whether there is an admin API, for everybody
 * @param startsAt what time it is for the module when the process starts, in milliseconds
 */
export async function libraryModules({ database, jwtRefresh, redis, admin, startsAt }) {
  const push = redis && { revocation: { redis: await connectTo(redis) } };
  const clock = startsAt && { clock: { now: () => Math.floor(startsAt + performance.now()) } };
  return [
    TypeOrmModule.forRoot({
      ...database,
      ...(database.type === 'better-sqlite3' && { prepareDatabase: (file) => file.pragma('synchronous = FULL') }),
      entities: [...JWT_REFRESH_ENTITIES],
      migrations: [...JWT_REFRESH_MIGRATIONS],
      migrationsRun: true,
      retryAttempts: 0,
    }),
    JwtRefreshModule.forRoot({
      secret: randomBytes(48).toString('base64'),
      issuer: 'https://api.example.com',
      audience: 'web',
      ...clock,
      ...push,
      ...(admin && { admin: { authorize: () => true } }),
      ...jwtRefresh,
    }),
  ];
}

/** What the module can't do without Redis it says itself. */
async function connectTo(redis) {
  const { Redis } = await import('ioredis');
  return new Redis(redis).on('error', () => {});
}
