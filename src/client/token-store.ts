import type { AuthStorage } from './auth-client';
import type { Tokens } from './tokens';

export interface TokenStore {
  read(): Tokens | null;
  write(tokens: Tokens | null): void;
}

/** Each reading goes to the storage, so that tabs that share it see each other's tokens. */
export function createTokenStore(key: string, storage: AuthStorage = createMemory()): TokenStore {
  const write = (tokens: Tokens | null): void => {
    try {
      if (tokens) storage.setItem(key, JSON.stringify(tokens));
      else storage.removeItem(key);
    } catch {
      // Full or forbidden: what is read from now on must not be an older, spent token.
      storage = createMemory();
      if (tokens) write(tokens);
    }
  };
  const read = (): Tokens | null => {
    try {
      const tokens = JSON.parse(storage.getItem(key) ?? 'null') as Tokens | null;
      return typeof tokens?.access === 'string' ? tokens : null;
    } catch {
      return null;
    }
  };
  return { read, write };
}

function createMemory(): AuthStorage {
  let kept: string | null = null;
  return { getItem: () => kept, setItem: (_, value) => void (kept = value), removeItem: () => void (kept = null) };
}
