import { ConfigurableModuleBuilder } from '@nestjs/common';
import type { JwtRefreshExtras, JwtRefreshOptions } from './jwt-refresh.options';

export const DEFAULT_EXTRAS = {
  isGlobal: true,
  path: 'auth',
  oauthPath: 'oauth',
  adminPath: 'admin/refresh-tokens',
  routes: undefined,
  controllers: undefined,
  globalGuard: false,
  passportStrategy: 'jwt',
  dataSource: undefined,
} as JwtRefreshExtras;

/** The extras with their defaults, for those whom they concern after registration. */
export const JWT_REFRESH_EXTRAS = Symbol('JWT_REFRESH_EXTRAS');

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN, OPTIONS_TYPE, ASYNC_OPTIONS_TYPE } = new ConfigurableModuleBuilder<JwtRefreshOptions>({
  moduleName: 'JwtRefresh',
})
  .setClassMethodName('forRoot')
  .setExtras<JwtRefreshExtras>(DEFAULT_EXTRAS, (definition, { isGlobal }) => ({
    ...definition,
    global: isGlobal ?? true,
  }))
  .build();

/** `JwtRefreshModule.forRoot()` with everything in one object. */
export type JwtRefreshModuleOptions = typeof OPTIONS_TYPE;

/** `JwtRefreshModule.forRootAsync()`: `imports`, `inject` and one of `useFactory`, `useClass`, `useExisting`, plus the extras. */
export type JwtRefreshModuleAsyncOptions = typeof ASYNC_OPTIONS_TYPE;
