import type { AuthClientError } from './auth-client-error';

/** Where tokens are kept: `localStorage`, `sessionStorage`, or anything with these two methods. */
export interface AuthStorage {
  /** The text at `key`, or null. */
  getItem(key: string): string | null;
  /** Keeps a text. */
  setItem(key: string, value: string): void;
}

/** The server's routes. Each is resolved against `baseUrl` as a browser resolves a link. */
export interface AuthPaths {
  /** `POST`, the host's own. @default 'auth/login' */
  login?: string;
  /** `POST`. @default 'auth/jwt-refresh' */
  refresh?: string;
  /** `POST`. @default 'auth/logout' */
  logout?: string;
  /** `GET` and `DELETE`. @default 'auth/sessions' */
  sessions?: string;
}

/** Options of {@link createAuthClient}. Leave one out for its default: `undefined` counts as given. */
export interface AuthClientOptions {
  /** Where the API is: `https://api.example.com`, or relative to the page: `/api`. */
  baseUrl: string;
  /** Where the refresh token travels: in an HttpOnly cookie, or in JSON bodies. The server must do the same. */
  mode: 'cookie' | 'body';
  /** The server's routes. @default those of the module */
  paths?: AuthPaths;
  /** Other origins that get the access token: `https://files.example.com`. @default the one of `baseUrl` alone */
  origins?: readonly string[];
  /** Where tokens are kept. In cookie mode that is the access token alone. @default memory, gone with the page */
  storage?: AuthStorage;
  /** The key in `storage`, also the name that tabs call each other by. @default `nestjs-jwt-refresh:` and the `baseUrl` */
  storageKey?: string;
  /** Seconds before its end at which an access token is refreshed, at most a tenth of its life; up to twice as early by chance. @default 30 */
  refreshMargin?: number;
  /** Whether tabs of one origin act together (Web Locks, BroadcastChannel). @default true in a page, false elsewhere */
  crossTab?: boolean;
  /** The member with the access token, or a path to it: `token.access`. @default 'access_token' */
  accessTokenProp?: string;
  /** The member with the refresh token, or a path to it. @default 'refresh_token' */
  refreshTokenProp?: string;
  /** The member that sends the refresh token, or a path to it. @default 'refresh_token' */
  refreshTokenParam?: string;
  /** Whether a refresh also sends the access token, for servers whose `accessTokenOnRefresh` wants it. @default false */
  sendAccessToken?: boolean;
  /** More headers for the auth routes, as a host's own CSRF check or another `cookie.header` needs them. @default none */
  headers?: Record<string, string>;
  /** The `fetch` to use. @default the global one, looked up at each call */
  fetch?: typeof fetch;
  /** Milliseconds on a clock that goes on while the computer sleeps. @default Date.now */
  now?: () => number;
  /** Hears what happens. No event carries a token. */
  onEvent?: (event: AuthEvent) => void;
}

/** A snapshot: the same object until something in it changes. */
export interface AuthState {
  /** `unknown` only in cookie mode, on a new page, until the server has said whose cookie it is. */
  readonly status: 'unknown' | 'signed-in' | 'signed-out';
  /** The access token's `sid`, or something made up where it has none; null unless signed in. */
  readonly sessionId: string | null;
  /** Who ended the session: `user` (`logout`, here or in another tab) or `server` (expired, revoked); null if this client knew of none. */
  readonly endedBy: 'user' | 'server' | null;
}

/** What `onEvent` hears. */
export type AuthEvent =
  /** A session began, here or in another tab, or was found again on a new page. */
  | { type: 'signed-in'; sessionId: string }
  /** This tab has got new tokens. */
  | { type: 'refreshed' }
  /** A refresh brought no verdict; the next try is in `retryIn` milliseconds. Nobody is signed out by it. */
  | { type: 'refresh-failed'; error: AuthClientError; retryIn: number }
  /** The session is over; `code` is the server's, for instance `refresh_token_expired`. */
  | { type: 'signed-out'; endedBy: AuthState['endedBy']; code?: string };

/** A session of the signed-in user, as the server lists it. Instants are ISO 8601 UTC. */
export interface OwnSession {
  /** The `sid` of its access tokens. */
  id: string;
  /** Whether it is the session that asks. */
  current: boolean;
  /** The `aud` of its access tokens. */
  audience: string;
  /** A name for people. */
  label: string | null;
  /** What is remembered of the device that logged in. */
  device_info: { user_agent: string | null; browser: string | null; os: string | null; device: string | null; ip: string | null } | null;
  /** When it began. */
  created_at: string;
  /** When it was last refreshed; null until the first time. */
  last_used: string | null;
  /** When it ends unless it is used. */
  expires_at: string;
}

/** What {@link AuthClient.getAccessToken} takes. */
export interface AccessTokenRequest {
  /** Seconds that the token must still live. @default 0 */
  minTtl?: number;
  /** Refresh although the token lives. @default false */
  forceRefresh?: boolean;
  /** Stops this caller's waiting. A refresh under way goes on for the others. */
  signal?: AbortSignal | null;
}

/** The signed-in user's own sessions. All three throw {@link AuthClientError} for an answer that is no success, and what `fetch` throws where there is none. */
export interface OwnSessions {
  /** Those that live, newest first. */
  list: () => Promise<OwnSession[]>;
  /** Ends one of those listed. For the current one use `logout`. */
  end: (id: string) => Promise<void>;
  /** Ends all but the current one. */
  endOthers: () => Promise<void>;
}

/** What {@link createAuthClient} makes. Its methods need no `this`. */
export interface AuthClient {
  /**
   * Like the global `fetch`, with the access token for `baseUrl`'s origin and `origins`. A 401 that a refresh can cure is
   * answered by one, and the request is sent once more. Relative addresses begin at `baseUrl`. Signed out, it goes bare.
   *
   * @throws AuthClientError when a refresh is needed and brings no verdict; the user is still signed in
   */
  fetch: typeof fetch;
  /**
   * An access token that still lives, refreshed if need be; null when signed out.
   *
   * @throws AuthClientError when a refresh is needed and brings no verdict, at once while it waits for the next try
   */
  getAccessToken: (request?: AccessTokenRequest) => Promise<string | null>;
  /**
   * Posts `credentials` as JSON to the host's login route and begins the session that it answers with. A session that was
   * there before is ended at the server.
   *
   * @returns the answer's JSON
   * @throws AuthClientError with the answer's `status`, `code` and `body`
   */
  login: (credentials: object) => Promise<unknown>;
  /**
   * Begins a session with a token response that came another way. A session that was there before is ended at the server.
   *
   * @throws AuthClientError `no_tokens` when there are none in it
   */
  setSession: (tokenResponse: object) => void;
  /** A new access token now, also while the client waits for the next try; null when signed out. @throws AuthClientError as `getAccessToken` */
  refresh: () => Promise<string | null>;
  /**
   * Signs out at once, here and in the other tabs, then tells the server. If it can't be reached it is told again, later.
   *
   * @returns whether the server has confirmed it at the first try; never rejects
   */
  logout: (options?: {
    /** End all of the user's sessions. @default false */
    everywhere?: boolean;
  }) => Promise<boolean>;
  /** The user's own sessions. */
  readonly sessions: OwnSessions;
  /** Calls `listener` after each change of `state`. @returns what stops it */
  subscribe: (listener: () => void) => () => void;
  /** Whether somebody is signed in. */
  readonly state: AuthState;
  /** Stops timers and listeners. Nobody is signed out; a sign-out that the server has not confirmed yet is still told to it. */
  dispose: () => void;
}
