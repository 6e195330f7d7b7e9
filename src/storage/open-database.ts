import type { DataSource } from 'typeorm';
import { RefreshTokenEventRecord } from '../audit/refresh-token-event.entity';
import { JwtRefreshOptionsError } from '../errors';
import { RefreshToken } from '../sessions/refresh-token.entity';
import { EventCount } from '../statistics/event-count.entity';
import { Database } from './database';
import { dialectOf, DIALECTS } from './dialect';
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
  if (losesServersForGood(dataSource)) {
    problems.push(
      'dataSource: replication.restoreNodeTimeout must be above 0, such as 500; mysql2 gives a server up for good after five failed connections',
    );
  }
  if (problems.length > 0) throw new JwtRefreshOptionsError(problems);
  surviveLostConnections(dataSource);
  return new Database(dataSource);
}

/** Without that time mysql2's cluster never asks a server again that was away for a moment. PostgreSQL's pools have no such memory. */
function losesServersForGood(dataSource: DataSource): boolean {
  const { replication } = dataSource.options as { replication?: { restoreNodeTimeout?: number } };
  return dialectOf(dataSource) === 'mysql' && replication !== undefined && !(Number(replication.restoreNodeTimeout) > 0);
}
