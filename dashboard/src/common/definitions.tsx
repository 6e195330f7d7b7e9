import type { ReactNode } from 'react';
import classes from './definitions.module.css';

export type Definition = readonly [term: string, value: ReactNode];

/** Names and values side by side, below each other where it is narrow. */
export function Definitions({ items }: { items: readonly Definition[] }) {
  return (
    <dl className={classes.list}>
      {items.map(([term, value]) => (
        <div key={term} className={classes.item}>
          <dt className={classes.term}>{term}</dt>
          <dd className={classes.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
