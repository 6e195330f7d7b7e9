import type { Counts, Stats } from '../api/types';
import { ChartPanel } from './chart-panel';
import classes from './overview.module.css';

export interface Line {
  name: keyof Counts;
  label: string;
  /** CSS variables do not reach a canvas: one colour for each scheme. */
  color: { light: string; dark: string };
  /** Lines differ in their dashes too: not in colour alone. */
  dash: number[];
}

const REFRESHES: Line[] = [
  { name: 'rotated', label: 'Rotated', color: { light: '#1864ab', dark: '#74c0fc' }, dash: [] },
  { name: 'retried', label: 'Retried', color: { light: '#2b8a3e', dark: '#69db7c' }, dash: [8, 4] },
  { name: 'refused', label: 'Refused', color: { light: '#b35900', dark: '#ffc078' }, dash: [2, 3] },
  { name: 'reused', label: 'Reused', color: { light: '#c92a2a', dark: '#ff8787' }, dash: [10, 3, 2, 3] },
];

const LIFE: Line[] = [
  { name: 'issued', label: 'Issued', color: { light: '#2b8a3e', dark: '#69db7c' }, dash: [] },
  { name: 'revoked', label: 'Revoked', color: { light: '#b35900', dark: '#ffc078' }, dash: [8, 4] },
];

export function Charts({ stats }: { stats: Stats }) {
  return (
    <div className={classes.charts}>
      <ChartPanel title="Refreshes by result" lines={REFRESHES} stats={stats} />
      <ChartPanel title="Issued and revoked" lines={LIFE} stats={stats} />
    </div>
  );
}
