import { Title, useComputedColorScheme } from '@mantine/core';
import { useId } from 'react';
import type { Stats } from '../api/types';
import type { Line } from './charts';
import classes from './overview.module.css';
import { Plot } from './plot';
import { summarize } from './summarize';

interface ChartPanelProps {
  title: string;
  lines: Line[];
  stats: Stats;
}

export function ChartPanel({ title, lines, stats }: ChartPanelProps) {
  const scheme = useComputedColorScheme('light');
  const titleId = useId();
  return (
    <section className={classes.panel} aria-labelledby={titleId}>
      <Title order={2} size="h5" id={titleId} mb="xs">
        {title}
      </Title>
      <div aria-hidden>
        <Plot lines={lines} stats={stats} scheme={scheme} />
        <ul className={classes.legend}>
          {lines.map(({ name, label, color, dash }) => (
            <li key={name}>
              <svg width="26" height="4">
                <line x1="0" y1="2" x2="26" y2="2" stroke={color[scheme]} strokeWidth="3" strokeDasharray={dash.join(' ')} />
              </svg>
              {label}
            </li>
          ))}
        </ul>
      </div>
      <p className={classes.summary}>{summarize(lines, stats)}</p>
    </section>
  );
}
