import { CloseButton, Paper, Text, VisuallyHidden } from '@mantine/core';
import { useEffect } from 'react';
import classes from './announcements.module.css';
import { createStore } from './store';

const SHOWN_MS = 8000;

interface Announcement {
  text: string;
  /** Heard, not seen: the page shows it already. */
  quiet: boolean;
}

const announcement = createStore<Announcement | null>(null);

export const announce = (text: string, { quiet = false } = {}): void => announcement.set({ text, quiet });

/** Says what an action did, at the foot of the page and to screen readers. */
export function Announcements() {
  const current = announcement.use();
  useEffect(() => {
    if (!current) return;
    const timer = setTimeout(() => announcement.set(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [current]);
  return (
    <div role="status" aria-live="polite" className={classes.place}>
      {current?.quiet && <VisuallyHidden>{current.text}</VisuallyHidden>}
      {current && !current.quiet && (
        <Paper withBorder shadow="md" className={classes.note}>
          <Text size="sm">{current.text}</Text>
          <CloseButton aria-label="Dismiss message" onClick={() => announcement.set(null)} />
        </Paper>
      )}
    </div>
  );
}
