import { type Clock, systemClock } from './clock';
import { parseDuration } from './duration';
import { ERROR_TABLE, type ErrorOverrides } from './errors';
import type { JwtRefreshHooks } from './hooks';
import type {
  AccessTokenOnRefresh,
  AdminLoginOptions,
  AdminOptions,
  JwtRefreshExtras,
  JwtRefreshOptions,
  RefreshTokenFormat,
  RefreshTokenTransport,
  ServerSecret,
  SessionCheckMode,
  SupersededTokens,
} from './jwt-refresh.options';
import { DEFAULT_EXTRAS } from './jwt-refresh.module-definition';
import type { ResolvedOAuthClient } from './oauth/oauth-clients';
import { resolveClients } from './oauth/resolve-clients';
import { OptionsCheck } from './options-check';
import { type ResolvedCookie, resolveCookie } from './resolve-cookie';
import type { RedisClient } from './revocation/revocation-push';
import { joinPaths, routeNames } from './route-path';
import { MOST_LIVE } from './sessions/refresh-token.store';
import { keysFromSecrets, type ResolvedKey, resolveKeys } from './resolve-keys';
import { type ResolvedThrottle, resolveThrottle } from './throttling/resolve-throttle';

/** Options with every default filled in, durations in seconds and keys parsed. */
export interface ResolvedOptions {
  readonly secrets: readonly ServerSecret[];
  readonly issuer: string;
  readonly audiences: readonly [string, ...string[]];
  readonly accessToken: {
    readonly lifetime: number;
    readonly notBeforeLeeway: number;
    readonly clockTolerance: number;
    readonly keys: readonly [ResolvedKey, ...ResolvedKey[]];
    readonly cacheSize: number;
  };
  readonly refreshToken: {
    readonly lifetime: number;
    readonly maxLifetime: number;
    readonly graceSeconds: number;
    /** Seconds; 0 for off. */
    readonly retryUntilConfirmed: number;
    readonly format: RefreshTokenFormat;
  };
  readonly request: { readonly refreshTokenParam: string };
  readonly response: { readonly accessTokenProp: string; readonly refreshTokenProp: string; readonly authorizationHeader: boolean };
  readonly transport: RefreshTokenTransport;
  readonly cookie: ResolvedCookie;
  readonly revocation: {
    readonly check: SessionCheckMode;
    readonly superseded: SupersededTokens;
    readonly pollInterval: number;
    readonly redis: RedisClient | null;
    readonly redisChannel: string;
  };
  readonly accessTokenOnRefresh: AccessTokenOnRefresh;
  readonly maxSessionsPerSubject: number;
  readonly hooks: JwtRefreshHooks;
  readonly errors: ErrorOverrides;
  readonly throttle: ResolvedThrottle;
  readonly oauth: { readonly clients: readonly ResolvedOAuthClient[] };
  readonly audit: { readonly enabled: boolean; readonly queueLimit: number; readonly rotationsFor: number; readonly eventsFor: number };
  readonly prune: { readonly enabled: boolean; readonly every: number; readonly keepFor: number };
  readonly admin: ResolvedAdminOptions;
  readonly clock: Clock;
}

export interface ResolvedAdminOptions {
  readonly authorize: AdminOptions['authorize'] | null;
  readonly readOnly: boolean;
  /** Seconds. */
  readonly freshFor: number | null;
  readonly exportLimit: number;
  readonly login: Required<AdminLoginOptions>;
}

export const JWT_REFRESH_RESOLVED_OPTIONS = Symbol('JWT_REFRESH_RESOLVED_OPTIONS');

const DEFAULT_SECRET_ID = 'default';
/** Members of a token response that a token must not take the place of. */
const RESPONSE_MEMBERS = ['token_type', 'expires_in', 'refresh_expires_in'];

/** Fills in defaults and checks everything once at boot. @throws JwtRefreshOptionsError naming every problem */
export function resolveOptions(options: JwtRefreshOptions, extras: JwtRefreshExtras = {}): ResolvedOptions {
  const check = new OptionsCheck();
  checkExtras(check, extras);
  refuseSharedPaths(check, extras);
  const given = check.section('', options, ALLOWED.root, ELSEWHERE);
  const secrets = resolveSecrets(check, given.secret);
  const resolved = {
    secrets,
    issuer: check.text('issuer', given.issuer),
    audiences: resolveAudiences(check, given.audience),
    accessToken: resolveAccessToken(check, given.accessToken, secrets),
    refreshToken: resolveRefreshToken(check, given.refreshToken),
    request: resolveRequest(check, given.request),
    response: resolveResponse(check, given.response),
    transport: check.oneOf('transport', given.transport ?? 'body', ['body', 'cookie', 'both']),
    cookie: resolveCookie(check, given.cookie),
    revocation: resolveRevocation(check, given.revocation),
    accessTokenOnRefresh: check.oneOf('accessTokenOnRefresh', given.accessTokenOnRefresh ?? 'ignore', ['ignore', 'allow-expired', 'require']),
    maxSessionsPerSubject: resolveSessionLimit(check, given.maxSessionsPerSubject),
    hooks: resolveHooks(check, given.hooks),
    errors: resolveErrors(check, given.errors),
    throttle: resolveThrottle(check, given.throttle),
    oauth: { clients: resolveClients(check, check.section('oauth', given.oauth, ALLOWED.oauth).clients) },
    audit: resolveAudit(check, given.audit),
    prune: resolvePrune(check, given.prune),
    admin: resolveAdmin(check, given.admin, extras),
    clock: resolveClock(check, given.clock),
  };
  check.finish();
  return resolved;
}

/** What is told elsewhere. */
const ELSEWHERE = new Map([['table', 'is not told here: give it to jwtRefreshEntities() and jwtRefreshMigrations()']]);

const ALLOWED = {
  root: [
    'secret', 'issuer', 'audience', 'accessToken', 'refreshToken', 'request', 'response', 'transport', 'cookie', 'revocation',
    'accessTokenOnRefresh', 'maxSessionsPerSubject', 'hooks', 'errors', 'throttle', 'oauth', 'audit', 'prune', 'admin', 'clock',
  ],
  secret: ['id', 'value', 'createdAt'],
  accessToken: ['lifetime', 'notBeforeLeeway', 'clockTolerance', 'keys', 'cacheSize'],
  refreshToken: ['lifetime', 'maxLifetime', 'graceSeconds', 'retryUntilConfirmed', 'format'],
  request: ['refreshTokenParam'],
  response: ['accessTokenProp', 'refreshTokenProp', 'authorizationHeader'],
  revocation: ['check', 'superseded', 'pollInterval', 'redis', 'redisChannel'],
  hooks: ['beforeRefreshRoute', 'adoptLegacyToken', 'resolveSubject', 'beforeRotate', 'afterRotate', 'responseMembers'],
  errors: Object.keys(ERROR_TABLE),
  error: ['status', 'message'],
  oauth: ['clients'],
  audit: ['enabled', 'queueLimit', 'rotationsFor', 'eventsFor'],
  prune: ['enabled', 'every', 'keepFor'],
  admin: ['authorize', 'readOnly', 'freshFor', 'exportLimit', 'login'],
  login: ['path', 'usernameField', 'passwordField'],
  routes: ['refresh', 'logout', 'sessions'],
  controllers: ['refresh', 'sessions', 'oauth', 'jwks', 'admin', 'dashboard'],
} as const; // prettier-ignore

/** Of two routes at one path, one would never be reached. */
function refuseSharedPaths(check: OptionsCheck, extras: JwtRefreshExtras): void {
  const { path, oauthPath, controllers = {} } = extras;
  if (controllers.oauth === false || controllers.refresh === false) return;
  const { refresh, logout } = routeNames(extras);
  const oauth = ['token', 'revoke', 'introspect'].map((name) => joinPaths(oauthPath, name));
  const shared = [refresh, logout].map((name) => joinPaths(path, name)).find((route) => oauth.includes(route));
  if (shared) check.problem('oauthPath', `makes an OAuth route of /${shared}, which is in use; choose another, or controllers: { oauth: false }`);
}

/** Nest has used them by now; a misspelt one is still better named than ignored. */
function checkExtras(check: OptionsCheck, extras: JwtRefreshExtras): void {
  const { path, oauthPath, adminPath, routes, controllers, isGlobal, globalGuard, dataSource, passportStrategy = false } = extras;
  check.section('', extras, Object.keys(DEFAULT_EXTRAS));
  if (isGlobal !== undefined) check.flag('isGlobal', isGlobal);
  if (globalGuard !== undefined) check.flag('globalGuard', globalGuard);
  if (dataSource !== undefined) check.text('dataSource', dataSource);
  if (passportStrategy !== false) check.text('passportStrategy', passportStrategy);
  if (passportStrategy === 'session') check.problem('passportStrategy', "'session' is passport's own, for cookies; choose another name");
  if (path !== undefined && typeof path !== 'string') check.problem('path', 'must be a text');
  if (oauthPath !== undefined) check.text('oauthPath', oauthPath);
  if (adminPath !== undefined) check.text('adminPath', adminPath);
  for (const [name, route] of Object.entries(check.section('routes', routes, ALLOWED.routes))) {
    if (route !== undefined) check.text(`routes.${name}`, route);
  }
  for (const [name, enabled] of Object.entries(check.section('controllers', controllers, ALLOWED.controllers))) {
    if (enabled !== undefined) check.flag(`controllers.${name}`, enabled);
  }
}

function resolveSecrets(check: OptionsCheck, value: unknown): ServerSecret[] {
  if (!Array.isArray(value)) return [{ id: DEFAULT_SECRET_ID, value: check.secretValue('secret', value) }];
  if (value.length === 0) check.problem('secret', 'must not be an empty list');
  const secrets = value.map((entry: unknown, index) => {
    const path = `secret[${index}]`;
    const given = check.section(path, entry, ALLOWED.secret);
    return {
      id: check.id(`${path}.id`, given.id),
      value: check.secretValue(`${path}.value`, given.value),
      createdAt: check.date(`${path}.createdAt`, given.createdAt),
    };
  });
  check.distinctIds('secret', secrets);
  return secrets;
}

function resolveAudiences(check: OptionsCheck, value: unknown): [string, ...string[]] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) check.problem('audience', 'must not be an empty list');
  return list.map((each, index) => check.text(Array.isArray(value) ? `audience[${index}]` : 'audience', each)) as [string, ...string[]];
}

function resolveAccessToken(check: OptionsCheck, value: unknown, secrets: readonly ServerSecret[]): ResolvedOptions['accessToken'] {
  const given = check.section('accessToken', value, ALLOWED.accessToken);
  const lifetime = check.duration('accessToken.lifetime', given.lifetime ?? '30m', 1);
  const leeway = (name: 'notBeforeLeeway' | 'clockTolerance', usual: number) => {
    const seconds = check.duration(`accessToken.${name}`, given[name] ?? usual, 0);
    if (given[name] !== undefined && seconds > lifetime) check.problem(`accessToken.${name}`, 'must not be longer than accessToken.lifetime');
    return seconds;
  };
  return {
    lifetime,
    notBeforeLeeway: leeway('notBeforeLeeway', 5),
    clockTolerance: leeway('clockTolerance', 0),
    keys: given.keys === undefined ? keysFromSecrets(secrets) : resolveKeys(check, given.keys),
    cacheSize: check.integer('accessToken.cacheSize', given.cacheSize ?? 10_000, 0),
  };
}

function resolveRefreshToken(check: OptionsCheck, value: unknown): ResolvedOptions['refreshToken'] {
  const given = check.section('refreshToken', value, ALLOWED.refreshToken);
  const lifetime = check.duration('refreshToken.lifetime', given.lifetime ?? '14d', 1);
  const maxLifetime = check.duration('refreshToken.maxLifetime', given.maxLifetime ?? Math.max(parseDuration('90d'), lifetime || 0), 1);
  const graceSeconds = check.integer('refreshToken.graceSeconds', given.graceSeconds ?? Math.min(30, (lifetime || 31) - 1), 0);
  if (lifetime > maxLifetime)
    check.problem('refreshToken.lifetime', 'is the idle lifetime and must not be longer than refreshToken.maxLifetime, the absolute one');
  if (graceSeconds >= lifetime) check.problem('refreshToken.graceSeconds', 'must be shorter than refreshToken.lifetime');
  const format = check.oneOf('refreshToken.format', given.format ?? 'opaque', ['opaque', 'jwt', 'jwe']);
  return { lifetime, maxLifetime, graceSeconds, retryUntilConfirmed: resolveConfirmation(check, given.retryUntilConfirmed), format };
}

function resolveConfirmation(check: OptionsCheck, value: unknown): number {
  if (value === undefined || value === false) return 0;
  return check.duration('refreshToken.retryUntilConfirmed', value === true ? '24h' : value, 1);
}

function resolveRequest(check: OptionsCheck, value: unknown): ResolvedOptions['request'] {
  const given = check.section('request', value, ALLOWED.request);
  return { refreshTokenParam: check.propertyPath('request.refreshTokenParam', given.refreshTokenParam ?? 'refresh_token') };
}

function resolveResponse(check: OptionsCheck, value: unknown): ResolvedOptions['response'] {
  const given = check.section('response', value, ALLOWED.response);
  const accessTokenProp = check.propertyPath('response.accessTokenProp', given.accessTokenProp ?? 'access_token');
  const refreshTokenProp = check.propertyPath('response.refreshTokenProp', given.refreshTokenProp ?? 'refresh_token');
  if (`${accessTokenProp}.`.startsWith(`${refreshTokenProp}.`) || `${refreshTokenProp}.`.startsWith(`${accessTokenProp}.`)) {
    check.problem('response.accessTokenProp', 'and response.refreshTokenProp must not name the same member');
  }
  for (const [name, prop] of Object.entries({ accessTokenProp, refreshTokenProp })) {
    const [member = ''] = prop.split('.');
    if (RESPONSE_MEMBERS.includes(member)) check.problem(`response.${name}`, `must not be ${member}, which is another member of the answer`);
  }
  return { accessTokenProp, refreshTokenProp, authorizationHeader: check.flag('response.authorizationHeader', given.authorizationHeader ?? true) };
}

function resolveRevocation(check: OptionsCheck, value: unknown): ResolvedOptions['revocation'] {
  const given = check.section('revocation', value, ALLOWED.revocation);
  const superseded = check.oneOf('revocation.superseded', given.superseded ?? 'accept', ['accept', 'reject']);
  const usualMode = superseded === 'reject' ? 'strict' : 'bounded';
  const mode = check.oneOf('revocation.check', given.check ?? usualMode, ['bounded', 'strict', 'stateless']);
  if (superseded === 'reject' && mode !== 'strict') {
    check.problem('revocation.superseded', "'reject' needs revocation.check 'strict': only the row knows the newest generation");
  }
  const pollInterval = check.duration('revocation.pollInterval', given.pollInterval ?? 1, 1);
  if (pollInterval > 60) check.problem('revocation.pollInterval', 'must be at most 60 seconds');
  const redis = resolveRedis(check, given.redis);
  return {
    check: mode,
    superseded,
    pollInterval,
    redis,
    redisChannel: check.text('revocation.redisChannel', given.redisChannel ?? 'jwt-refresh:revoked'),
  };
}

function resolveRedis(check: OptionsCheck, value: unknown): RedisClient | null {
  const client = value as RedisClient | undefined;
  if (!client) return null;
  if (typeof client.publish !== 'function' || typeof client.duplicate !== 'function') {
    check.problem('revocation.redis', 'must be a client of ioredis: new Redis(url)');
  }
  return client;
}

function resolveSessionLimit(check: OptionsCheck, value: unknown): number {
  return value === undefined ? Infinity : check.integer('maxSessionsPerSubject', value, 1, MOST_LIVE - 1);
}

function resolveHooks(check: OptionsCheck, value: unknown): JwtRefreshHooks {
  // An object of a class may have members of its own besides its hooks; a function that is no hook is a misspelt one.
  const members = Object.entries(value ?? {}).filter(([, member]) => typeof member !== 'function');
  const hooks = check.section('hooks', value, [...ALLOWED.hooks, ...members.map(([name]) => name)]);
  for (const name of ALLOWED.hooks) {
    if (hooks[name] !== undefined && typeof hooks[name] !== 'function') check.problem(`hooks.${name}`, 'must be a function');
  }
  return hooks;
}

function resolveErrors(check: OptionsCheck, value: unknown): ErrorOverrides {
  const given = check.section('errors', value, ALLOWED.errors);
  for (const [code, override] of Object.entries(given)) {
    const path = `errors.${code}`;
    const { status, message } = check.section(path, override, ALLOWED.error);
    if (message !== undefined) check.sentence(`${path}.message`, message);
    // A database that is away is never the client's fault.
    const lowest = code === 'temporarily_unavailable' ? 500 : 400;
    if (status !== undefined) check.integer(`${path}.status`, status, lowest, 599);
  }
  return given;
}

function resolveAudit(check: OptionsCheck, value: unknown): ResolvedOptions['audit'] {
  const given = check.section('audit', value, ALLOWED.audit);
  return {
    enabled: check.flag('audit.enabled', given.enabled ?? true),
    queueLimit: check.integer('audit.queueLimit', given.queueLimit ?? 10_000, 1),
    rotationsFor: check.duration('audit.rotationsFor', given.rotationsFor ?? '30d', 0),
    eventsFor: check.duration('audit.eventsFor', given.eventsFor ?? '400d', 0),
  };
}

function resolvePrune(check: OptionsCheck, value: unknown): ResolvedOptions['prune'] {
  const given = check.section('prune', value, ALLOWED.prune);
  const every = check.duration('prune.every', given.every ?? '1h', 1);
  if (every > parseDuration('7d')) check.problem('prune.every', "must be at most '7d'");
  return {
    enabled: check.flag('prune.enabled', given.enabled ?? true),
    every,
    keepFor: check.duration('prune.keepFor', given.keepFor ?? '7d', 0),
  };
}

function resolveAdmin(check: OptionsCheck, value: unknown, { path = 'auth' }: JwtRefreshExtras): ResolvedAdminOptions {
  const given = check.section('admin', value, ALLOWED.admin);
  if (given.authorize !== undefined && typeof given.authorize !== 'function') check.problem('admin.authorize', 'must be a function');
  const login = check.section('admin.login', given.login, ALLOWED.login);
  return {
    authorize: (given.authorize as AdminOptions['authorize']) ?? null,
    readOnly: check.flag('admin.readOnly', given.readOnly ?? false),
    freshFor: given.freshFor === undefined ? null : check.duration('admin.freshFor', given.freshFor, 1),
    exportLimit: check.integer('admin.exportLimit', given.exportLimit ?? 100_000, 1),
    login: {
      path: check.text('admin.login.path', login.path ?? `${path}/login`),
      usernameField: check.propertyPath('admin.login.usernameField', login.usernameField ?? 'username'),
      passwordField: check.propertyPath('admin.login.passwordField', login.passwordField ?? 'password'),
    },
  };
}

function resolveClock(check: OptionsCheck, value: unknown): Clock {
  const clock = (value ?? systemClock) as Clock;
  if (!tellsTime(clock)) check.problem('clock', 'must have a method now() that returns milliseconds since 1970');
  return clock;
}

function tellsTime(clock: Clock): boolean {
  try {
    return Number.isFinite(clock.now());
  } catch {
    return false;
  }
}
