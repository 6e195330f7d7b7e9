import { Button, Group, Loader, Text } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { formatTotal, plural } from './format';
import classes from './list-status.module.css';
import type { CursorPage } from './use-cursor-page';

interface ListStatusProps {
  list: CursorPage<{ id: string }>;
  /** "key", "event". */
  one: string;
}

/** Above a list: how much there is, what is new, and whether it is still searching. */
export function ListStatus({ list, one }: ListStatusProps) {
  const { page, error, fresh, gone, isSearching, isStopped } = list;
  return (
    <div className={classes.status}>
      <Text size="sm" c="dimmed" role="status">
        {page ? `${formatTotal(page.total)} ${page.total.value === 1 && !page.total.capped ? one : `${one}s`}` : !error && 'Loading…'}
      </Text>
      {isSearching && (
        <Group gap="xs" role="status">
          <Loader size="xs" aria-hidden />
          <Text size="sm">Searching older {one}s…</Text>
          <Button size="compact-sm" variant="default" onClick={list.stopSearching}>
            Stop
          </Button>
        </Group>
      )}
      {isStopped && (
        <Group gap="xs">
          <Text size="sm">The search was stopped: there may be more.</Text>
          <Button size="compact-sm" variant="default" onClick={list.refetch}>
            Search again
          </Button>
        </Group>
      )}
      {fresh + gone > 0 && !isSearching && (
        <Button size="compact-sm" radius="xl" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={list.showLatest}>
          {describeNews(fresh, gone)}
        </Button>
      )}
    </div>
  );
}

const describeNews = (fresh: number, gone: number): string =>
  [fresh > 0 && `${fresh} new`, gone > 0 && `${plural(gone, 'row')} no longer here`].filter(Boolean).join(', ');
