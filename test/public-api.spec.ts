import * as main from 'nestjs-jwt-refresh';
import * as client from 'nestjs-jwt-refresh/client';
import * as migrations from 'nestjs-jwt-refresh/migrations';
import * as testing from 'nestjs-jwt-refresh/testing';
import packageJson from '../package.json';

const exportsOf = (module: object): string[] => Object.keys(module).sort();

/** What hosts import and call. A change here is a change for them. */
describe('the public API', () => {
  it('has these runtime exports', () => {
    expect(exportsOf(main)).toEqual([
      'Audience',
      'CurrentSession',
      'CurrentUser',
      'ERROR_TABLE',
      'JWT_REFRESH_ENTITIES',
      'JWT_REFRESH_MIGRATIONS',
      'JwtAuthGuard',
      'JwtRefreshError',
      'JwtRefreshEvents',
      'JwtRefreshGuard',
      'JwtRefreshModule',
      'JwtRefreshOptionsError',
      'JwtRefreshService',
      'OptionalAuth',
      'PruneService',
      'Public',
      'RefreshGrant',
      'RefreshToken',
      'RefreshTokenEventRecord',
      'SessionCheck',
      'TokenPair',
      'TokenResponseInterceptor',
      'isRefreshGrant',
      'jwtRefreshEntities',
      'jwtRefreshMigrations',
    ]);
  });

  it('has these runtime exports in /testing', () => {
    expect(exportsOf(testing)).toEqual(['FakeClock', 'createTestApp', 'loginAs', 'signTestToken']);
  });

  it('has these runtime exports in /migrations', () => {
    expect(exportsOf(migrations)).toEqual(['JWT_REFRESH_MIGRATIONS', 'jwtRefreshMigrations']);
  });

  it('has these runtime exports in /client', () => {
    expect(exportsOf(client)).toEqual(['AuthClientError', 'createAuthClient']);
  });

  it('has no other way in than these', () => {
    expect(Object.keys(packageJson.exports).sort()).toEqual(['.', './client', './migrations', './package.json', './testing']);
  });

  it('offers these methods to the host', () => {
    const methodsOf = (type: { prototype: object }) => Object.getOwnPropertyNames(type.prototype).filter((name) => name !== 'constructor');
    expect(methodsOf(main.JwtRefreshService)).toEqual([
      'issue',
      'refresh',
      'revoke',
      'revokeFamily',
      'revokeAll',
      'sessions',
      'verifyAccessToken',
      'revocationFeed',
    ]);
    expect(Object.getOwnPropertyNames(main.JwtRefreshModule).filter((name) => name.startsWith('for'))).toEqual(['forRoot', 'forRootAsync']);
  });

  it('tells clients of these errors, by these codes and statuses', () => {
    expect(Object.entries(main.ERROR_TABLE).map(([code, { status }]) => [code, status])).toEqual([
      ['refresh_token_missing', 400],
      ['refresh_token_invalid', 401],
      ['refresh_token_expired', 401],
      ['refresh_token_revoked', 401],
      ['refresh_token_reused', 401],
      ['access_token_missing', 401],
      ['access_token_invalid', 401],
      ['access_token_expired', 401],
      ['access_token_revoked', 401],
      ['session_not_found', 404],
      ['admin_forbidden', 403],
      ['admin_read_only', 403],
      ['fresh_login_required', 401],
      ['refresh_token_not_found', 404],
      ['cross_site_request', 403],
      ['request_invalid', 400],
      ['client_invalid', 401],
      ['grant_type_unsupported', 400],
      ['scope_invalid', 400],
      ['too_many_requests', 429],
      ['temporarily_unavailable', 503],
    ]);
  });
});
