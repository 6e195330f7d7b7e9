import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { KeyRow } from '../api/types';
import { EmptyState } from '../common/empty-state';
import { ErrorState } from '../common/error-state';
import { ListSkeleton } from '../common/list-skeleton';
import type { CursorPage } from '../common/use-cursor-page';

interface KeyListBodyProps {
  list: CursorPage<KeyRow>;
  isFiltered: boolean;
  onClearFilters?: () => void;
  children: ReactNode;
}

/** The list, or why there is none. */
export function KeyListBody({ list, isFiltered, onClearFilters, children }: KeyListBodyProps) {
  if (list.error && !list.page) return <ErrorState error={list.error} title="The keys could not be loaded" onRetry={list.refetch} />;
  if (list.isLoading) return <ListSkeleton />;
  if (list.rows.length > 0) return children;
  if (list.isSearching) return <ListSkeleton />;
  if (!isFiltered) {
    return <EmptyState title="No refresh keys yet">A session appears here when somebody logs in. “New key” issues a key for a machine.</EmptyState>;
  }
  return (
    <EmptyState title="No key matches">
      Remove a filter, or widen its dates.
      {onClearFilters && (
        <div>
          <Button variant="default" size="xs" mt="sm" onClick={onClearFilters}>
            Clear all filters
          </Button>
        </div>
      )}
    </EmptyState>
  );
}
