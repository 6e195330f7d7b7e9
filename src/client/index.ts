export type {
  AccessTokenRequest,
  AuthClient,
  AuthClientOptions,
  AuthEvent,
  AuthPaths,
  AuthState,
  AuthStorage,
  OwnSession,
  OwnSessions,
} from './auth-client';
export { AuthClientError } from './auth-client-error';
export { createAuthClient } from './create-auth-client';
