import { useState } from 'react';
import { createStore } from './store';

export interface SteadyRows<T> {
  rows: T[];
  /** Rows of the latest answer that are not shown yet. */
  fresh: number;
  /** Shown rows that the latest answer left out from its middle: they no longer match. */
  gone: number;
  showLatest: () => void;
}

const ownChanges = createStore(0);

/** What an administrator changed themselves shows at once. */
export const acceptLatestRows = (): void => ownChanges.set(ownChanges.get() + 1);

/** Rows update in place, but none appears, goes or moves until asked for: nothing jumps under the pointer. */
export function useSteadyRows<T extends { id: string }>(listKey: string, latest: T[] | undefined): SteadyRows<T> {
  const key = `${ownChanges.use()} ${listKey}`;
  const [shown, setShown] = useState<{ key: string; rows: T[] } | null>(null);
  if (latest && shown?.key !== key) setShown({ key, rows: latest });
  const kept = shown?.key === key ? shown.rows : (latest ?? []);
  const byId = new Map(latest?.map((row) => [row.id, row]));
  const rows = kept.map((row) => byId.get(row.id) ?? row);
  const keptIds = new Set(kept.map((row) => row.id));
  const lastFound = kept.findLastIndex((row) => byId.has(row.id));
  return {
    rows,
    fresh: latest?.filter((row) => !keptIds.has(row.id)).length ?? 0,
    gone: latest ? kept.filter((row, index) => index < lastFound && !byId.has(row.id)).length : 0,
    showLatest: () => latest && setShown({ key, rows: latest }),
  };
}
