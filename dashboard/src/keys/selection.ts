import { useState } from 'react';
import type { KeyRow } from '../api/types';

export interface Selection {
  ids: ReadonlySet<string>;
  has: (id: string) => boolean;
  toggle: (id: string) => void;
  setAll: (selected: boolean) => void;
  clear: () => void;
  /** Rows that can be selected: what is over cannot be revoked. */
  selectable: KeyRow[];
}

/** Only rows on screen are ever selected: nobody revokes what they do not see. */
export function useSelection(rows: KeyRow[]): Selection {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selectable = rows.filter(({ status }) => status === 'active');
  const ids = new Set(selectable.filter(({ id }) => chosen.has(id)).map(({ id }) => id));
  const toggle = (id: string) => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return {
    ids,
    has: (id) => ids.has(id),
    toggle,
    setAll: (selected) => setChosen(new Set(selected ? selectable.map(({ id }) => id) : [])),
    clear: () => setChosen(new Set()),
    selectable,
  };
}
