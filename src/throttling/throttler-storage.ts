import type { Provider } from '@nestjs/common';
import type * as Throttler from '@nestjs/throttler';
import { JwtRefreshOptionsError } from '../errors';
import { JWT_REFRESH_RESOLVED_OPTIONS, type ResolvedOptions } from '../resolve-options';

/** What a count says. Both times are in seconds. */
export interface CountedRequests {
  readonly isBlocked: boolean;
  readonly timeToBlockExpire: number;
}

/** The storage of the host's ThrottlerModule: in memory, or shared by all nodes. Its own type would make the package a need. */
export interface ThrottlerStorage {
  increment(key: string, ttlMs: number, limit: number, blockMs: number, throttler: string): Promise<CountedRequests>;
}

/** The storage, or null where nothing is limited. */
export const THROTTLER_STORAGE = Symbol('JWT_REFRESH_THROTTLER_STORAGE');

const NO_THROTTLER = 'throttle needs ThrottlerModule of @nestjs/throttler: import ThrottlerModule.forRoot() in the root module of the app';

/** Nobody needs @nestjs/throttler for the module itself. */
function findThrottler(): typeof Throttler | null {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import could not fail
    return require('@nestjs/throttler') as typeof Throttler;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return null;
    throw error;
  }
}

/** ThrottlerModule is global, so its storage is found wherever the host imports it. */
export function throttlerStorageProvider(): Provider {
  const token = findThrottler()?.ThrottlerStorage;
  return {
    provide: THROTTLER_STORAGE,
    inject: [JWT_REFRESH_RESOLVED_OPTIONS, ...(token ? [{ token, optional: true }] : [])],
    useFactory: ({ throttle }: ResolvedOptions, storage?: ThrottlerStorage): ThrottlerStorage | null => {
      if (throttle.mode === 'on' && !storage) throw new JwtRefreshOptionsError([NO_THROTTLER]);
      return throttle.mode === 'off' ? null : (storage ?? null);
    },
  };
}
