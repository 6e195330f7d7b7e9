import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS } from 'nestjs-jwt-refresh';
import { databaseFromUrl } from './database-url';
import { CreateDemoUsers1763600000001 } from './users/create-demo-users.migration';
import { User } from './users/user.entity';

/** How soon a server that was away is asked again; mysql2 never does by itself. */
const RESTORE_AFTER_MS = 500;

/** The demo's own table beside those of the module. A replica is for what may be a little late. */
export function demoDatabase(url: string, replicaUrl?: string): TypeOrmModuleOptions {
  const servers = { master: { url }, slaves: [{ url: replicaUrl }], restoreNodeTimeout: RESTORE_AFTER_MS };
  const replication = replicaUrl ? { url: undefined, replication: servers } : {};
  return {
    ...databaseFromUrl(url),
    ...(replication as object),
    entities: [User, ...JWT_REFRESH_ENTITIES],
    migrations: [CreateDemoUsers1763600000001, ...JWT_REFRESH_MIGRATIONS],
  };
}
