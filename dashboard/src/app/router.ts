import { useSyncExternalStore } from 'react';

export interface Route {
  /** Decoded path segments: `#/keys/1?status=active` → ['keys', '1']. */
  path: string[];
  query: URLSearchParams;
}

type Params = Record<string, string | undefined>;

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  return { path: path.split('/').filter(Boolean).map(decode), query: new URLSearchParams(query) };
}

let currentHash = location.hash;
let current = parse(currentHash);

function read(): Route {
  if (location.hash !== currentHash) {
    currentHash = location.hash;
    current = parse(currentHash);
  }
  return current;
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, read);

/** `href(['keys', id], { status: 'active' })` → `#/keys/…?status=active`. */
export function href(path: string[], params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value) query.set(name, value);
  const search = query.toString();
  return `#/${path.map(encodeURIComponent).join('/')}${search ? `?${search}` : ''}`;
}

export function go(to: string, { replace = false } = {}): void {
  if (replace) location.replace(to);
  else location.hash = to;
}
