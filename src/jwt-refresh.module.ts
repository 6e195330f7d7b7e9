import {
  type CanActivate,
  type DynamicModule,
  Inject,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type Provider,
  RequestMethod,
  type Type,
  UseGuards,
  VERSION_NEUTRAL,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AdminGuard } from './admin/admin.guard';
import { AdminHeadersInterceptor } from './admin/admin-headers.interceptor';
import { AdminInsightController } from './admin/admin-insight.controller';
import { AdminLog } from './admin/admin.log';
import { AdminNotice } from './admin/admin-notice';
import { AdminService } from './admin/admin.service';
import { AdminTokensController } from './admin/admin-tokens.controller';
import { CsvExport } from './admin/csv-export';
import { DashboardController } from './admin/dashboard.controller';
import { EventListStore } from './admin/event-list.store';
import { Pager } from './admin/pager';
import { StatisticsService } from './admin/statistics.service';
import { TokenListStore } from './admin/token-list.store';
import { AuditListener } from './audit/audit.listener';
import { AuditQueue } from './audit/audit.queue';
import { AuditStore } from './audit/audit.store';
import { JwtRefreshEvents } from './events/jwt-refresh-events';
import { accessTokenStrategy } from './guards/access-token.strategy';
import { JwtAuthGuard } from './guards/jwt-auth.guard';
import { JwtRefreshGuard } from './guards/jwt-refresh.guard';
import { BearerReader } from './http/bearer-reader';
import { ignoreTypeOfEmptyBody } from './http/empty-body.middleware';
import { ErrorPresenter } from './http/error-presenter';
import { JwtRefreshExceptionFilter } from './http/jwt-refresh-exception.filter';
import { JWKS_PATH, JwksController } from './http/jwks.controller';
import { mount } from './http/mount';
import { RefreshExchange } from './http/refresh-exchange';
import { RefreshGrantInterceptor } from './http/refresh-grant';
import { RefreshController } from './http/refresh.controller';
import { SessionsController } from './http/sessions.controller';
import { TokenResponseInterceptor } from './http/token-response.interceptor';
import { TokenTransport } from './http/token-transport';
import {
  ConfigurableModuleClass,
  DEFAULT_EXTRAS,
  type JwtRefreshModuleAsyncOptions,
  type JwtRefreshModuleOptions,
  JWT_REFRESH_EXTRAS,
  MODULE_OPTIONS_TOKEN,
} from './jwt-refresh.module-definition';
import type { JwtRefreshExtras, JwtRefreshOptions } from './jwt-refresh.options';
import { JwtRefreshService } from './jwt-refresh.service';
import { ClientAuthenticator } from './oauth/client-authenticator';
import { OAuthController } from './oauth/oauth.controller';
import { ServerMetadataController, WELL_KNOWN_PATH } from './oauth/server-metadata.controller';
import { TokenInspector } from './oauth/token-inspector.service';
import { JWT_REFRESH_RESOLVED_OPTIONS, resolveOptions } from './resolve-options';
import { joinPaths, routeNames } from './route-path';
import { PruneSchedule } from './maintenance/prune.schedule';
import { PruneService } from './maintenance/prune.service';
import { RevocationFeed } from './revocation/revocation-feed';
import { RevocationPush } from './revocation/revocation-push';
import { RevocationService } from './revocation/revocation.service';
import { SessionCheckService } from './revocation/session-check.service';
import { AccessTokenBinding } from './rotation/access-token-binding';
import { Confirmations } from './rotation/confirmations';
import { RefreshHooks } from './rotation/refresh-hooks';
import { RotationService } from './rotation/rotation.service';
import { AdoptionService } from './sessions/adoption.service';
import { BootCheck } from './sessions/boot-check';
import { AuthenticationService } from './sessions/authentication.service';
import { KeyService } from './sessions/key.service';
import { RefreshTokenStore } from './sessions/refresh-token.store';
import { SessionService } from './sessions/session.service';
import { EventCounter } from './statistics/event-counter';
import { EventCountStore } from './statistics/event-count.store';
import { Database } from './storage/database';
import { DurableReads } from './storage/durable-reads';
import { openDatabase } from './storage/open-database';
import { ThrottleService } from './throttling/throttle.service';
import { throttlerStorageProvider } from './throttling/throttler-storage';
import { AccessTokenService } from './tokens/access-token.service';
import { TokenMinter } from './tokens/token-minter';

const PUBLIC_PROVIDERS: Provider[] = [
  JwtRefreshService,
  JwtRefreshEvents,
  PruneService,
  JwtAuthGuard,
  JwtRefreshGuard,
  TokenResponseInterceptor,
  RefreshGrantInterceptor,
];

/** What the exported guards and interceptor need where they are used, in a host's own modules. */
const GUARD_PROVIDERS: Provider[] = [
  AccessTokenService,
  AuthenticationService,
  SessionCheckService,
  RotationService,
  TokenMinter,
  TokenTransport,
  RefreshExchange,
  ErrorPresenter,
  ThrottleService,
];

const INNER_PROVIDERS: Provider[] = [
  RefreshTokenStore,
  AuditStore,
  AuditQueue,
  AuditListener,
  EventCountStore,
  EventCounter,
  DurableReads,
  SessionService,
  AdoptionService,
  RevocationService,
  RevocationFeed,
  RevocationPush,
  Confirmations,
  PruneSchedule,
  RefreshHooks,
  AccessTokenBinding,
  BearerReader,
  BootCheck,
  throttlerStorageProvider(),
  { provide: APP_FILTER, useClass: JwtRefreshExceptionFilter },
];

const OAUTH_PROVIDERS: Provider[] = [ClientAuthenticator, TokenInspector];

const ADMIN_PROVIDERS: Provider[] = [
  AdminGuard,
  AdminHeadersInterceptor,
  AdminLog,
  AdminNotice,
  AdminService,
  CsvExport,
  EventListStore,
  KeyService,
  Pager,
  StatisticsService,
  TokenListStore,
];

/**
 * Database-backed JWT refresh tokens for a Nest app.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     TypeOrmModule.forRoot({ type: 'mysql', url: process.env.DATABASE_URL, entities: [...JWT_REFRESH_ENTITIES], migrations: [...JWT_REFRESH_MIGRATIONS] }),
 *     JwtRefreshModule.forRoot({ secret: process.env.JWT_REFRESH_SECRET, issuer: 'https://api.example.com', audience: 'web' }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({})
export class JwtRefreshModule extends ConfigurableModuleClass implements NestModule {
  constructor(@Inject(JWT_REFRESH_EXTRAS) private readonly extras: JwtRefreshExtras) {
    super();
  }

  /** Nest calls it. @internal */
  configure(consumer: MiddlewareConsumer): void {
    const routes = routesWithoutBody(this.extras).map(([method, path]) => ({ method, path, version: VERSION_NEUTRAL }) as const);
    consumer.apply(ignoreTypeOfEmptyBody).forRoutes(...routes);
  }

  /**
   * Registers the module with options known now.
   *
   * @throws JwtRefreshOptionsError when the app boots, naming every wrong option
   */
  static override forRoot(options: JwtRefreshModuleOptions): DynamicModule {
    return assemble(super.forRoot(options), options);
  }

  /**
   * Registers the module with options from a factory, or from a class whose method `create()` returns them.
   * What Nest must know at registration ({@link JwtRefreshExtras}) is given beside the factory.
   *
   * @throws JwtRefreshOptionsError when the app boots, naming every wrong option
   */
  static override forRootAsync(options: JwtRefreshModuleAsyncOptions): DynamicModule {
    return assemble(super.forRootAsync(options), options);
  }
}

/** Which capability brings which providers and controllers. */
function assemble(definition: DynamicModule, given: JwtRefreshModuleOptions | JwtRefreshModuleAsyncOptions): DynamicModule {
  const extras = extrasOf(given);
  const options = {
    provide: JWT_REFRESH_RESOLVED_OPTIONS,
    inject: [MODULE_OPTIONS_TOKEN],
    useFactory: (raw: JwtRefreshOptions) => resolveOptions(raw, extras),
  };
  const strategy = extras.passportStrategy ? [accessTokenStrategy(extras.passportStrategy)] : [];
  const globalGuard = extras.globalGuard ? [{ provide: APP_GUARD, useExisting: JwtAuthGuard }] : [];
  const shared = [options, { provide: JWT_REFRESH_EXTRAS, useValue: extras }, ...PUBLIC_PROVIDERS, ...GUARD_PROVIDERS];
  return {
    ...definition,
    controllers: [...controllersFor(extras), ...oauthControllersFor(extras), ...(mayOpenAdmin(given) ? adminControllersFor(extras) : [])],
    providers: [
      ...(definition.providers ?? []),
      databaseProvider(extras.dataSource),
      ...shared,
      ...INNER_PROVIDERS,
      ...OAUTH_PROVIDERS,
      ...ADMIN_PROVIDERS,
      ...strategy,
      ...globalGuard,
    ],
    exports: shared as DynamicModule['exports'],
  };
}

/** Routes that may be called without a body, if only to be told what is missing. */
function routesWithoutBody(extras: JwtRefreshExtras): [RequestMethod, string][] {
  const { path, adminPath, oauthPath } = extras;
  const { refresh, logout, sessions } = routeNames(extras);
  return [
    [RequestMethod.POST, joinPaths(path, refresh)],
    [RequestMethod.POST, joinPaths(path, logout)],
    [RequestMethod.DELETE, joinPaths(path, sessions)],
    [RequestMethod.DELETE, joinPaths(path, sessions, ':id')],
    ...['token', 'revoke', 'introspect'].map((route): [RequestMethod, string] => [RequestMethod.POST, joinPaths(oauthPath, route)]),
    ...['', 'revoke', 'lookup', ':id/revoke'].map((route): [RequestMethod, string] => [RequestMethod.POST, joinPaths(adminPath, route)]),
    [RequestMethod.DELETE, joinPaths(adminPath, ':id')],
  ];
}

/** What may stand beside a factory and is no extra. */
const FACTORY_MEMBERS = ['imports', 'inject', 'useFactory', 'useClass', 'useExisting', 'provideInjectionTokensFrom'];

/** The extras among what was given; an undefined one is its default. Beside a factory there is nothing else, so a misspelt one comes along to be named. */
function extrasOf(given: JwtRefreshExtras): JwtRefreshExtras {
  const hasFactory = FACTORY_MEMBERS.some((name) => name in given);
  const beside = hasFactory ? Object.keys(given).filter((name) => !FACTORY_MEMBERS.includes(name)) : [];
  const names = [...Object.keys(DEFAULT_EXTRAS), ...beside] as (keyof JwtRefreshExtras)[];
  return Object.fromEntries(names.map((name) => [name, given[name] ?? DEFAULT_EXTRAS[name]]));
}

function controllersFor(extras: JwtRefreshExtras): Type[] {
  const { path, controllers = {}, globalGuard } = extras;
  const { refresh, logout, sessions } = routeNames(extras);
  return [
    ...(controllers.refresh === false ? [] : [mount(RefreshController, joinPaths(path), { refresh, logout })]),
    ...(controllers.sessions === false ? [] : [guarded(mount(SessionsController, joinPaths(path, sessions)), globalGuard)]),
    ...(controllers.jwks === false ? [] : [mount(JwksController, JWKS_PATH)]),
  ];
}

function oauthControllersFor({ oauthPath, controllers = {} }: JwtRefreshExtras): Type[] {
  if (controllers.oauth === false) return [];
  return [mount(OAuthController, joinPaths(oauthPath)), mount(ServerMetadataController, WELL_KNOWN_PATH)];
}

/** Options of a factory are not known yet: then the guard keeps the admin API closed. */
function mayOpenAdmin(given: JwtRefreshModuleOptions | JwtRefreshModuleAsyncOptions): boolean {
  return 'secret' in given ? given.admin?.authorize !== undefined : true;
}

/** Those with fixed paths come before those with an id in it. */
function adminControllersFor({ adminPath, controllers = {}, globalGuard }: JwtRefreshExtras): Type[] {
  const path = joinPaths(adminPath);
  const admin = [AdminInsightController, AdminTokensController].map((controller) => guarded(mount(controller, path), globalGuard, AdminGuard));
  return [...(controllers.dashboard === false ? [] : [mount(DashboardController, path)]), ...(controllers.admin === false ? [] : admin)];
}

/** A global guard stands before it already; a second one would ask the database twice. */
function guarded(controller: Type, globalGuard = false, ...then: Type<CanActivate>[]): Type {
  UseGuards(...(globalGuard ? [] : [JwtAuthGuard]), ...then)(controller);
  return controller;
}

function databaseProvider(dataSource?: string): Provider {
  const token = getDataSourceToken(dataSource);
  return {
    provide: Database,
    inject: [{ token, optional: true }],
    useFactory: (source?: DataSource) => openDatabase(source, dataSource),
  };
}
