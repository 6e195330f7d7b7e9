import type { Icon as TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './tone-badge.module.css';

export type Tone = 'good' | 'bad' | 'warn' | 'quiet';

interface StatusBadgeProps {
  tone: Tone;
  Icon: TablerIcon;
  children: ReactNode;
}

/** Always an icon and a word: never colour alone. */
export function StatusBadge({ tone, Icon, children }: StatusBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={14} aria-hidden className={classes.icon} />
      <span>{children}</span>
    </span>
  );
}
