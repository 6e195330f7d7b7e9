import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { randomBytes } from 'node:crypto';
import { JwtRefreshModule } from '../jwt-refresh.module';
import type { JwtRefreshModuleOptions } from '../jwt-refresh.module-definition';
import { JwtRefreshService } from '../jwt-refresh.service';
import { JWT_REFRESH_MIGRATIONS } from '../migrations';
import { JWT_REFRESH_ENTITIES } from '../storage/entities';
import { FakeClock } from './fake-clock';

/** What {@link createTestApp} may be told. */
export interface TestAppOptions extends Pick<ModuleMetadata, 'imports' | 'controllers' | 'providers'> {
  /** Options of the module. @default a random secret, issuer `https://test.example`, audience `test`, the fake clock */
  jwtRefresh?: Partial<JwtRefreshModuleOptions>;
  /** TypeORM's options; without entities or migrations of their own they get the module's. @default SQLite in memory (needs better-sqlite3) */
  database?: TypeOrmModuleOptions;
  /** The HTTP adapter. @default Express (needs @nestjs/platform-express) */
  adapter?: AbstractHttpAdapter;
  /** Last words before the app listens: a global prefix, versioning, pipes. */
  configure?(app: INestApplication): void;
}

/** A running app. Close it when done. */
export interface TestApp {
  /** The Nest app. */
  readonly app: INestApplication;
  /** The module's time. */
  readonly clock: FakeClock;
  /** The module's service. */
  readonly jwtRefresh: JwtRefreshService;
  /** For instance `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Stops the app and its database connections. */
  close(): Promise<void>;
}

/**
 * Starts an app with the module on a fresh database.
 *
 * @example
 * ```ts
 * const { app, url, clock, close } = await createTestApp({ controllers: [OrdersController] });
 * ```
 */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const clock = new FakeClock();
  const app = await createApp(options, clock);
  options.configure?.(app);
  await app.listen(0, '127.0.0.1');
  return { app, clock, jwtRefresh: app.get(JwtRefreshService), url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}

function createApp(options: TestAppOptions, clock: FakeClock): Promise<INestApplication> {
  const { imports = [], controllers = [], providers = [], adapter } = options;
  const jwtRefresh = { ...testOptions(), clock, ...options.jwtRefresh };
  const module = {
    module: class TestAppModule {},
    imports: [TypeOrmModule.forRoot(withEntities(options.database ?? inMemory())), JwtRefreshModule.forRoot(jwtRefresh), ...imports],
    controllers,
    providers,
  };
  const nestOptions = { logger: ['error', 'fatal'] as ('error' | 'fatal')[], abortOnError: false };
  return adapter ? NestFactory.create(module, adapter, nestOptions) : NestFactory.create(module, nestOptions);
}

function testOptions(): JwtRefreshModuleOptions {
  return { secret: randomBytes(48).toString('base64'), issuer: 'https://test.example', audience: 'test' };
}

function inMemory(): TypeOrmModuleOptions {
  return { type: 'better-sqlite3', database: ':memory:', migrationsRun: true };
}

function withEntities(database: TypeOrmModuleOptions): TypeOrmModuleOptions {
  const { entities = [], migrations = [] } = database as { entities?: unknown[]; migrations?: unknown[] };
  return {
    retryAttempts: 0,
    ...database,
    entities: entities.length > 0 ? entities : [...JWT_REFRESH_ENTITIES],
    migrations: migrations.length > 0 ? migrations : [...JWT_REFRESH_MIGRATIONS],
  } as TypeOrmModuleOptions;
}
