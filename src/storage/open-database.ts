import type { DataSource } from 'typeorm';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { JwtRefreshOptionsError } from '../errors';
import { RefreshToken } from '../sessions/refresh-token.entity';
import { EventCount } from '../statistics/event-count.entity';
import { Database } from './database';
import { DIALECTS } from './dialect';
import { surviveLostConnections } from './postgres-pool';

/** Checks that the host's data source can serve the module. @throws JwtRefreshOptionsError with what to do */
export function openDatabase(dataSource: DataSource | undefined, name = 'default'): Database {
  if (!dataSource) {
    throw new JwtRefreshOptionsError([
      `dataSource: there is no TypeORM data source '${name}'; import TypeOrmModule.forRoot() before JwtRefreshModule`,
    ]);
  }
  const problems = [];
  const { type } = dataSource.options;
  if (!(type in DIALECTS)) problems.push(`dataSource: type '${type}' is not one of ${Object.keys(DIALECTS).join(', ')}`);
  if (![RefreshToken, RefreshTokenEventRecord, EventCount].every((entity) => dataSource.hasMetadata(entity))) {
    problems.push('dataSource: the entities are missing; add ...JWT_REFRESH_ENTITIES to the `entities` of TypeOrmModule.forRoot()');
  }
  if (problems.length > 0) throw new JwtRefreshOptionsError(problems);
  surviveLostConnections(dataSource);
  return new Database(dataSource);
}
