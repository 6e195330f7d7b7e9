import { DataSource, type DataSourceOptions } from 'typeorm';
import { databaseFromUrl } from './demo/database-url';
import { JWT_REFRESH_ENTITIES } from './src/storage/entities';
import { JWT_REFRESH_MIGRATIONS } from './src/migrations';

/** The data source for TypeORM's command line: `DATABASE_URL=mysql://… npx typeorm migration:show -d ormconfig.js`. */
export default new DataSource({
  ...databaseFromUrl(process.env.DATABASE_URL ?? 'sqlite:demo.sqlite'),
  entities: [...JWT_REFRESH_ENTITIES],
  migrations: [...JWT_REFRESH_MIGRATIONS],
} as DataSourceOptions);
