import type { AuthStorage } from './auth-client';
import type { Tokens } from './tokens';

/** Each reading goes to the storage, so that tabs that share it see each other's tokens. */
export function createTokenStore(key: string, storage?: AuthStorage | null) {
  let kept: Tokens | null = null;
  const write = (tokens: Tokens | null): void => {
    try {
      storage?.setItem(key, JSON.stringify(tokens));
    } catch {
      // Full or forbidden: nobody must read an older, spent token from now on.
      if (tokens) write(null);
      storage = null;
    }
    kept = tokens;
  };

  return {
    write,

    read: (): Tokens | null => {
      try {
        if (storage) kept = JSON.parse(storage.getItem(key)!) as Tokens | null;
      } catch {
        // Forbidden, or not written here.
      }
      return kept;
    },
  };
}
