import { Paper, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './message-page.module.css';

/** A page with one thing to say, in the middle. */
export function MessagePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <Paper withBorder className={classes.card}>
        <Title order={1} size="h3" mb="sm">
          {title}
        </Title>
        {children}
      </Paper>
    </main>
  );
}
