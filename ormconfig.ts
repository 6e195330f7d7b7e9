import 'reflect-metadata';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { demoDatabase } from './demo/demo-database';
import { environment } from './demo/environment';

/**
 * The demo's database for TypeORM's command line:
 * `npm run build && npm run build:demo && DATABASE_URL=mysql://… npx typeorm migration:show -d dist-demo/ormconfig.js`.
 */
export default new DataSource(demoDatabase(environment.databaseUrl) as DataSourceOptions);
