import type { JWK } from 'jose';
import type { KeyObject } from 'node:crypto';
import type { Clock } from './clock';
import type { Duration } from './duration';
import type { ErrorOverrides } from './errors';
import type { RedisClient } from './revocation/revocation-push';
import type { JwtRefreshHooks } from './hooks';
import type { AccessTokenClaims } from './tokens/access-token.service';

/** A server secret with a name, so that several can be live while one replaces another. */
export interface ServerSecret {
  /** Names the secret inside tokens and rows: 1 to 32 characters of `A-Z a-z 0-9 . _ -`. Never reuse an id for another value. */
  id: string;
  /** At least 32 bytes from a random source, for instance `openssl rand -base64 48`. RFC 7518 §3.2. */
  value: string;
  /** When it was made, for the dashboard to tell its age. @default unknown */
  createdAt?: Date;
}

/** Algorithms an access token can be signed with (RFC 7518 §3.1; `EdDSA` is Ed25519, RFC 8037 §3.1). */
export type SigningAlgorithm = `${'HS' | 'RS' | 'PS' | 'ES'}${256 | 384 | 512}` | 'EdDSA';

/** A key: PEM text, a `KeyObject` of node:crypto, or a JWK (RFC 7517). */
export type KeyMaterial = string | KeyObject | JWK;

/** A key that signs or verifies access tokens. */
export interface AccessTokenKey {
  /** The JWT header's `kid`, 1 to 32 characters of `A-Z a-z 0-9 . _ -`. */
  id: string;
  /** The one algorithm this key is used with (RFC 8725 §3.1). */
  algorithm: SigningAlgorithm;
  /** For HS256, HS384 and HS512 alone: at least 32, 48 or 64 bytes (RFC 7518 §3.2). @default none */
  secret?: string;
  /**
   * For all other algorithms: an RSA key of 2048 bits or more (RS, PS), a P-256, P-384 or P-521 key (ES256, ES384, ES512) or
   * an Ed25519 key (EdDSA). Line breaks of a PEM may be written `\n`. Needed on the first key, which signs. @default none
   */
  privateKey?: KeyMaterial;
  /** Enough for a key that only verifies. @default derived from `privateKey` */
  publicKey?: KeyMaterial;
  /** When it was made, for the dashboard to tell its age. @default unknown */
  createdAt?: Date;
}

/** How access tokens are made and checked. */
export interface AccessTokenOptions {
  /** How long an access token lives; also the longest life a guard accepts. @default '30m' */
  lifetime?: Duration;
  /** How long before its issue a token is already valid (`nbf = iat - this`), for clocks that run late; at most `lifetime`. @default 5 */
  notBeforeLeeway?: Duration;
  /** Tolerance for `exp` and `nbf` when a guard checks them (RFC 7519 §4.1.4); at most `lifetime`. @default 0 */
  clockTolerance?: Duration;
  /**
   * Signing keys, first signs, all verify. Give asymmetric keys when other services must verify without being able to
   * sign. @default HS256 with each of `secret`, same ids
   */
  keys?: AccessTokenKey[];
  /**
   * How many tokens a guard remembers as genuine, so that a signature is checked once and not on each request; about 1 KB each.
   * Times, audience and revocation are checked on each request all the same. 0 for none. @default 10000
   */
  cacheSize?: number;
}

/**
 * What a refresh token looks like outside: `opaque` reveals nothing but its own ids, `jwt` is a signed JWT (RFC 7519),
 * `jwe` an encrypted one (RFC 7516, `dir` with A256GCM). All three are authentic by themselves.
 */
export type RefreshTokenFormat = 'opaque' | 'jwt' | 'jwe';

/** How refresh tokens live. */
export interface RefreshTokenOptions {
  /** Idle lifetime: a session not refreshed for this long ends. @default '14d' */
  lifetime?: Duration;
  /** Absolute lifetime: a session ends this long after login, whatever happens. Left out, it is never shorter than `lifetime`. @default '90d' */
  maxLifetime?: Duration;
  /**
   * Seconds in which the token just spent may come back and gets the same successor: covers two tabs and lost answers.
   * 0 is strict: any second presentation revokes the family. Left out, it is always shorter than `lifetime`. @default 30
   */
  graceSeconds?: number;
  /**
   * Let the token just spent come back also after the grace period, until somebody has used its successor: a guard has seen an
   * access token made by it, or it was refreshed itself. For clients that lose their network for hours. `true` is a day, a
   * duration that long. A thief of a spent token has that much longer, if its owner does not come back. @default false
   */
  retryUntilConfirmed?: boolean | Duration;
  /** Format of new tokens; tokens of the other formats stay valid. @default 'opaque' */
  format?: RefreshTokenFormat;
}

/** Where incoming tokens are found. */
export interface RequestOptions {
  /** The body member with the refresh token, for refresh and logout; dots nest: `'token.refresh'`. @default 'refresh_token' */
  refreshTokenParam?: string;
}

/** The shape of a token response. */
export interface ResponseOptions {
  /** Member with the access token; dots nest: `'token.access'`. @default 'access_token' */
  accessTokenProp?: string;
  /** Member with the refresh token; dots nest: `'token.refresh'`. @default 'refresh_token' */
  refreshTokenProp?: string;
  /** Send the access token also as the response header `Authorization: Bearer …`. @default true */
  authorizationHeader?: boolean;
}

/**
 * Where refresh tokens travel: in the `body`; in an HttpOnly `cookie`; or `both`, where a request with the header
 * {@link CookieOptions.header} uses the cookie and one without it the body. Each answer has the token in exactly one place.
 */
export type RefreshTokenTransport = 'body' | 'cookie' | 'both';

/**
 * The refresh token's cookie (RFC 6265bis), for the transports `cookie` and `both`. It is always HttpOnly. A request by cookie
 * must have the header `header`, which no form can send, and come from the app's own origin or one of `origins`.
 */
export interface CookieOptions {
  /** Its name. With `__Host-` the browser guards it from other hosts and paths (RFC 6265bis §4.1.3). @default '__Host-refresh_token' */
  name?: string;
  /** Whether requests that other sites cause carry it (RFC 6265bis §5.6.7). @default 'strict' */
  sameSite?: 'strict' | 'lax' | 'none';
  /** Send it over HTTPS only; browsers treat `http://localhost` as secure. @default true */
  secure?: boolean;
  /** The paths it is sent to; with `__Host-` it must be `/`. @default '/' */
  path?: string;
  /** Share it with the subdomains of this domain. @default the answering host alone */
  domain?: string;
  /** One cookie for each top-level site that embeds the app (CHIPS). @default false */
  partitioned?: boolean;
  /** The request header that proves a script of an allowed origin; any value will do. @default 'X-Requested-With' */
  header?: string;
  /** Other origins whose pages may use the cookie, such as `https://app.example.com`; CORS is the host's. @default [] */
  origins?: string[];
  /** Allow `secure: false`, `sameSite: 'none'` and names without `__Host-` or `__Secure-`: for development, and for `'none'` if you mean it. @default false */
  allowInsecure?: boolean;
}

/**
 * How a guard learns that a session was revoked. `bounded` asks this process's memory: the node that revokes knows at once, all
 * others within {@link RevocationOptions.pollInterval} and a half, and a node that could not look for so long asks as `strict`
 * does, but for superseded tokens. `strict` reads the session's row on each request (one primary-key read). `stateless` trusts the token until its `exp`.
 */
export type SessionCheckMode = 'bounded' | 'strict' | 'stateless';

/** What becomes of the older access tokens of a session that has been refreshed. */
export type SupersededTokens = 'accept' | 'reject';

/** Revocation of access tokens. */
export interface RevocationOptions {
  /** What guards do unless a route says `@SessionCheck()`. @default 'bounded'; 'strict' with `superseded: 'reject'` */
  check?: SessionCheckMode;
  /** How often a node looks in the database at what others have revoked; 1 to 60 seconds. @default 1 */
  pollInterval?: Duration;
  /**
   * An ioredis client, to tell other nodes of a revocation at once. It publishes; the module listens on a duplicate of it. Without
   * Redis, or while it is away, nodes learn by {@link RevocationOptions.pollInterval}. @default none
   */
  redis?: RedisClient;
  /** The channel, where several apps share a Redis. @default 'jwt-refresh:revoked' */
  redisChannel?: string;
  /**
   * `reject` ends an access token as soon as its session has been refreshed: a strict check takes no token of an older
   * generation and answers `access_token_expired`, which a refresh cures. Only strict checks can know; routes with another
   * `@SessionCheck()` don't see it. @default 'accept'
   */
  superseded?: SupersededTokens;
}

/** What a refresh demands of the access token in `Authorization`. */
export type AccessTokenOnRefresh = 'ignore' | 'allow-expired' | 'require';

/** How often something may happen. Beyond it the answer is `too_many_requests` until `per` has passed. */
export interface RateLimit {
  /** How often. @default 100 for `invalidTokens`, 60 for `refreshes` */
  limit?: number;
  /** In which time, and for how long the answer is 429 afterwards. @default '1m' */
  per?: Duration;
}

/** Rate limits, counted in the storage of the host's `ThrottlerModule` (`@nestjs/throttler`). */
export interface ThrottleOptions {
  /**
   * Refresh tokens that the server did not make, of one address (`request.ip`; of an IPv6 network /64). Genuine ones are never
   * counted here.
   */
  invalidTokens?: RateLimit;
  /** Refreshes of one session or key; a retry inside the grace period is not counted. */
  refreshes?: RateLimit;
}

/** An OAuth client (RFC 6749 §2): either confidential, with a `secretHash`, or public. */
export interface OAuthClient {
  /** Its `client_id`: 1 to 255 printable ASCII characters. */
  id: string;
  /** SHA-256 of its secret in 64 hex digits: `printf %s "$SECRET" | sha256sum`. The secret needs 128 random bits or more. @default none */
  secretHash?: string;
  /** It has no secret, as an app on its users' devices; its id is all it says. @default false */
  public?: boolean;
  /**
   * The audiences whose sessions and keys it may use. A confidential client owns them: nobody else can refresh their
   * tokens, also not at `POST /auth/jwt-refresh`. @default all, owning none
   */
  audiences?: string[];
}

/** The OAuth 2.0 routes. */
export interface OAuthOptions {
  /** Who may use them. Without clients, refreshing and revoking need none, and introspection is closed. @default none */
  clients?: OAuthClient[];
}

/** The audit log. */
export interface AuditOptions {
  /** Write events to `refresh_token_events`, and count them by the hour. Reuse and what administrators do is recorded even when this is off. @default true */
  enabled?: boolean;
  /** Events that may wait in memory for the next batch; beyond it the oldest are dropped, and their number is in the app's log. @default 10000 */
  queueLimit?: number;
  /**
   * How long rotations and retries stay in the log; they are most of it. @default '30d'
   */
  rotationsFor?: Duration;
  /** How long all other lines stay; rotations and retries no longer than that either. @default '400d' */
  eventsFor?: Duration;
}

/** Deleting what nobody needs any more. */
export interface PruneOptions {
  /** Do it from time to time; of all nodes one at a time. Switched off, call {@link PruneService.run}. @default true */
  enabled?: boolean;
  /** How often, give or take a tenth; at most `'7d'`. @default '1h' */
  every?: Duration;
  /**
   * How long a session stays after its end: its idle end, or if it was revoked its absolute end, because until then its tokens
   * may come back and have to be told from a stranger's. Never less than 10 s, the leeway and twice the
   * tolerance of access tokens.
   * @default '7d'
   */
  keepFor?: Duration;
}

/** The host's login route, for the dashboard's sign-in form. It answers with a token response. */
export interface AdminLoginOptions {
  /** Its path: below the app's global prefix, or with a leading slash as it is. @default `login` below the module's `path` */
  path?: string;
  /** The body member for what the user types first. @default 'username' */
  usernameField?: string;
  /** The body member for the password. @default 'password' */
  passwordField?: string;
}

/** The admin API and its dashboard. */
export interface AdminOptions {
  /**
   * Decides who is an administrator, on each request, from the access token's claims and the framework's request. Only
   * exactly `true` lets in. An `HttpException` that it throws is the answer, anything else 503. Without it there is no admin API
   * and no dashboard. @default nobody
   */
  authorize?: (user: AccessTokenClaims, request: unknown) => boolean | Promise<boolean>;
  /** Refuse every change: creating and revoking. @default false */
  readOnly?: boolean;
  /**
   * Creating a key and revoking by filter need a login at most this old (RFC 9470). @default any live session may
   */
  freshFor?: Duration;
  /** Rows in one CSV file, at most. @default 100000 */
  exportLimit?: number;
  /** The host's login route, for the dashboard's sign-in form. */
  login?: AdminLoginOptions;
}

/**
 * Options of `JwtRefreshModule.forRoot()`. They are checked once at boot; a {@link JwtRefreshOptionsError} names every
 * problem at once, unknown members included.
 */
export interface JwtRefreshOptions {
  /**
   * The server's secret, or several with ids: the first is used for new tokens, all are accepted. A plain text has the
   * id `'default'`. Removing a secret ends every token made with it. An environment variable that is not set stops the boot.
   */
  secret: string | ServerSecret[] | undefined;
  /** The `iss` of access tokens, checked on each request (RFC 7519 §4.1.1). */
  issuer: string;
  /** The `aud` of access tokens. With several, all are accepted and the first is given to new sessions (RFC 7519 §4.1.3). */
  audience: string | string[];
  /** Access tokens. */
  accessToken?: AccessTokenOptions;
  /** Refresh tokens. */
  refreshToken?: RefreshTokenOptions;
  /** Where incoming tokens are found. */
  request?: RequestOptions;
  /** The shape of a token response. */
  response?: ResponseOptions;
  /** Where refresh tokens travel. @default 'body' */
  transport?: RefreshTokenTransport;
  /** The cookie of the transports `cookie` and `both`. */
  cookie?: CookieOptions;
  /** How guards see revocation. */
  revocation?: RevocationOptions;
  /**
   * What a refresh demands of the access token: `ignore` needs none, `allow-expired` needs one of the same session that
   * may be past its `exp`, `require` needs a live one. A genuine access token of another session is refused in each mode.
   * @default 'ignore'
   */
  accessTokenOnRefresh?: AccessTokenOnRefresh;
  /** Live sessions a subject may have, 1 to 999; at the next login the least recently used ends. @default unlimited */
  maxSessionsPerSubject?: number;
  /** The host's own code around a refresh. */
  hooks?: JwtRefreshHooks;
  /** Changes to statuses and sentences, by error code. */
  errors?: ErrorOverrides;
  /**
   * Rate limits. An object needs `ThrottlerModule` in the app, or the boot stops; `false` limits nothing.
   * @default these limits where the app has a `ThrottlerModule`, else none
   */
  throttle?: ThrottleOptions | false;
  /** The OAuth 2.0 routes. */
  oauth?: OAuthOptions;
  /** The audit log. */
  audit?: AuditOptions;
  /** Deleting what nobody needs any more. */
  prune?: PruneOptions;
  /** The admin API and its dashboard; closed unless `authorize` is given. */
  admin?: AdminOptions;
  /** The source of time. @default the machine's clock */
  clock?: Clock;
}

/** Names of the routes below `path`. */
export interface RouteNames {
  /** The route that exchanges a refresh token. @default 'jwt-refresh' */
  refresh?: string;
  /** The route that ends sessions by their tokens. @default 'logout' */
  logout?: string;
  /** The route that lists and ends the caller's own sessions. @default 'sessions' */
  sessions?: string;
}

/** Which controllers are mounted. */
export interface ControllerSwitches {
  /** `POST /auth/jwt-refresh` and `POST /auth/logout`. @default true */
  refresh?: boolean;
  /** `GET` and `DELETE /auth/sessions`. @default true */
  sessions?: boolean;
  /** `GET /.well-known/jwks.json`. @default true */
  jwks?: boolean;
  /** `POST /oauth/token`, `/oauth/revoke`, `/oauth/introspect` and `GET /.well-known/oauth-authorization-server`. @default true */
  oauth?: boolean;
  /** The admin API below `adminPath`, if `admin.authorize` is given. @default true */
  admin?: boolean;
  /** The dashboard at `<adminPath>/dashboard`, if `admin.authorize` is given. @default true */
  dashboard?: boolean;
}

/** What Nest must know when the module is registered, before any option can be injected. */
export interface JwtRefreshExtras {
  /** Make the module's providers visible everywhere. @default true */
  isGlobal?: boolean;
  /** Path of the module's controllers, below a global prefix if there is one. @default 'auth' */
  path?: string;
  /** Path of the OAuth routes, below a global prefix if there is one. @default 'oauth' */
  oauthPath?: string;
  /** Path of the admin API, below a global prefix if there is one. @default 'admin/refresh-tokens' */
  adminPath?: string;
  /** Names of the routes below `path`. */
  routes?: RouteNames;
  /** Which controllers are mounted. */
  controllers?: ControllerSwitches;
  /** Put `JwtAuthGuard` on every route of the app; `@Public()` opens one. @default false */
  globalGuard?: boolean;
  /**
   * Name of the passport strategy that is registered, for routes with `AuthGuard('jwt')`; false registers none. Passport knows
   * one strategy by a name in a process, so give another where the host has a `jwt` strategy of its own. @default 'jwt'
   */
  passportStrategy?: string | false;
  /** Name of the TypeORM data source. @default the default data source */
  dataSource?: string;
}
