// Registering the module
export { JwtRefreshModule } from './jwt-refresh.module';
export type { JwtRefreshModuleAsyncOptions, JwtRefreshModuleOptions } from './jwt-refresh.module-definition';
export type {
  AccessTokenKey,
  AccessTokenOnRefresh,
  AccessTokenOptions,
  AdminLoginOptions,
  AdminOptions,
  AuditOptions,
  ControllerSwitches,
  CookieOptions,
  JwtRefreshExtras,
  JwtRefreshOptions,
  KeyMaterial,
  OAuthClient,
  RateLimit,
  OAuthOptions,
  PruneOptions,
  RefreshTokenFormat,
  RefreshTokenOptions,
  RefreshTokenTransport,
  RequestOptions,
  ResponseOptions,
  RevocationOptions,
  RouteNames,
  ServerSecret,
  SessionCheckMode,
  SigningAlgorithm,
  SupersededTokens,
  ThrottleOptions,
} from './jwt-refresh.options';
export type { HostClaims, JwtRefreshHooks, LegacySession, ResponseMembers, SubjectAnswer } from './hooks';
export type { Duration } from './duration';
export type { Clock } from './clock';

// Database
export { JWT_REFRESH_ENTITIES, jwtRefreshEntities } from './storage/entities';
export { JWT_REFRESH_MIGRATIONS, jwtRefreshMigrations, type MigrationClass, type TableOptions } from './migrations';
export { RefreshToken, type RefreshTokenColumn, type RefreshTokenKind } from './sessions/refresh-token.entity';
export { RefreshTokenEventRecord } from './audit/refresh-token-event.entity';

// Sessions and tokens
export { JwtRefreshService, type RefreshContext, type TokenContext } from './jwt-refresh.service';
export type { IssueInput } from './sessions/session.service';
export type { DeviceInfo, DeviceRequest } from './sessions/device-info';
export { type OAuthTokenResponse, TokenPair } from './tokens/token-pair';
export type { AccessTokenClaims } from './tokens/access-token.service';

// Guards and decorators
export { JwtAuthGuard } from './guards/jwt-auth.guard';
export { JwtRefreshGuard } from './guards/jwt-refresh.guard';
export { isRefreshGrant, RefreshGrant } from './http/refresh-grant';
export { TokenResponseInterceptor } from './http/token-response.interceptor';
export { Audience, CurrentSession, type CurrentSessionRef, CurrentUser, OptionalAuth, Public, SessionCheck } from './guards/decorators';

// Events
export { type JwtRefreshEvent, type JwtRefreshEventMap, JwtRefreshEvents, type JwtRefreshEventType } from './events/jwt-refresh-events';
export type {
  RefreshTokenEvent,
  RefreshTokenEventBase,
  RefreshTokenEventMap,
  RefreshTokenEventType,
  RefreshTokenIssued,
  RefreshTokenRefused,
  RefreshTokenRetried,
  RefreshTokenReused,
  RefreshTokenRevoked,
  RefreshTokenRotated,
} from './events/refresh-token-events';
export type { AdminEventBase, AdminEventMap, AdminExported, AdminLookedUp, AdminRefused, AdminTokensRevoked } from './events/admin-events';
export type { MaintenanceEventMap, MaintenancePruned } from './events/maintenance-events';

// Housekeeping
export { type PruneReport, PruneService } from './maintenance/prune.service';
export type { RedisClient } from './revocation/revocation-push';
export type { RevocationFeedStatus } from './revocation/revocation-feed';

// Errors
export { ERROR_TABLE, type ErrorOverride, type ErrorOverrides, JwtRefreshError, type JwtRefreshErrorCode, JwtRefreshOptionsError } from './errors';
