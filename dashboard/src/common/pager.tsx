import { Button, Group } from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { Page } from '../api/types';
import type { Direction } from './collect-page';

export interface Place {
  cursor?: string;
  direction: Direction;
}

interface PagerProps {
  page: Page<unknown> | undefined;
  /** Newest first: the next page is the older one. */
  newestFirst?: boolean;
  onGo: (place: Place) => void;
}

export function Pager({ page, newestFirst = true, onGo }: PagerProps) {
  if (!page?.nextCursor && !page?.prevCursor) return null;
  const { prevCursor, nextCursor } = page;
  const show = (cursor: string | null, direction: Direction) => cursor && onGo({ cursor, direction });
  return (
    <Group component="nav" aria-label="Pages" justify="center" mt="md">
      <Button
        variant="default"
        disabled={!prevCursor}
        leftSection={<IconChevronLeft size={16} aria-hidden />}
        onClick={() => show(prevCursor, 'prev')}
      >
        {newestFirst ? 'Newer' : 'Older'}
      </Button>
      <Button
        variant="default"
        disabled={!nextCursor}
        rightSection={<IconChevronRight size={16} aria-hidden />}
        onClick={() => show(nextCursor, 'next')}
      >
        {newestFirst ? 'Older' : 'Newer'}
      </Button>
    </Group>
  );
}
