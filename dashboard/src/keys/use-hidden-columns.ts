import { useState } from 'react';

const STORAGE_KEY = 'jwt-refresh-dashboard:hidden-columns';
const HIDDEN_AT_FIRST = ['label', 'generation'];

function load(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? 'null');
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : HIDDEN_AT_FIRST;
  } catch {
    return HIDDEN_AT_FIRST;
  }
}

function save(hidden: string[]): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(hidden));
  } catch {
    // Storage may be switched off: the choice lasts as long as the page.
  }
}

/** Names of columns are no secret: the choice is remembered. */
export function useHiddenColumns() {
  const [hidden, setHidden] = useState(load);
  const toggle = (name: string) => {
    const next = hidden.includes(name) ? hidden.filter((other) => other !== name) : [...hidden, name];
    setHidden(next);
    save(next);
  };
  return { hidden, toggle };
}
