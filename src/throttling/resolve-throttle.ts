import type { OptionsCheck } from '../options-check';

export interface ResolvedRateLimit {
  readonly limit: number;
  /** Seconds. */
  readonly per: number;
}

/** `on` and `off` were said; `if-present` means that ThrottlerModule decides. */
export interface ResolvedThrottle {
  readonly mode: 'on' | 'off' | 'if-present';
  readonly invalidTokens: ResolvedRateLimit;
  readonly refreshes: ResolvedRateLimit;
}

export function resolveThrottle(check: OptionsCheck, value: unknown): ResolvedThrottle {
  const given = check.section('throttle', value === false ? undefined : value, ['invalidTokens', 'refreshes']);
  return {
    mode: value === undefined ? 'if-present' : value === false ? 'off' : 'on',
    invalidTokens: resolveLimit(check, 'throttle.invalidTokens', given.invalidTokens, 100),
    refreshes: resolveLimit(check, 'throttle.refreshes', given.refreshes, 60),
  };
}

function resolveLimit(check: OptionsCheck, path: string, value: unknown, usual: number): ResolvedRateLimit {
  const given = check.section(path, value, ['limit', 'per']);
  return { limit: check.integer(`${path}.limit`, given.limit ?? usual, 1), per: check.duration(`${path}.per`, given.per ?? '1m', 1) };
}
