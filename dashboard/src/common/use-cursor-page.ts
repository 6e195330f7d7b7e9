import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import type { Query } from '../api/request';
import type { Page } from '../api/types';
import { collectPage, type CollectedPage, type Direction } from './collect-page';
import { useSteadyRows, type SteadyRows } from './use-steady-rows';

const PAGE_SIZE = 50;
const POLL_MS = 15_000;

interface CursorPageOptions<T> {
  /** First part of the query key: what is invalidated after a change. */
  name: string;
  filters: Query;
  cursor?: string;
  direction: Direction;
  list: (query: Query, signal?: AbortSignal) => Promise<Page<T>>;
}

export interface CursorPage<T> extends SteadyRows<T> {
  page: Page<T> | undefined;
  error: unknown;
  isLoading: boolean;
  /** Looking at older rows because the page is not full yet. */
  isSearching: boolean;
  /** Stopped by hand before the page was full. */
  isStopped: boolean;
  stopSearching: () => void;
  refetch: () => void;
}

/** A page of a list that polls, searches on by itself and keeps its rows still. */
export function useCursorPage<T extends { id: string }>({ name, filters, cursor, direction, list }: CursorPageOptions<T>): CursorPage<T> {
  const [partial, setPartial] = useState<{ key: string; page: Page<T> } | null>(null);
  const stop = useRef(new AbortController());
  const key = JSON.stringify([filters, cursor]);
  const query = useQuery<CollectedPage<T>>({
    queryKey: [name, filters, cursor],
    // A search through many pages is not repeated every quarter of a minute.
    refetchInterval: ({ state }) => (state.data && (state.data.stopped || state.data.requests > 2) ? false : POLL_MS),
    queryFn: async ({ signal }) => {
      stop.current = new AbortController();
      const page = await collectPage({
        fetchPage: (at, limit, pageSignal) => list({ ...filters, limit, cursor: at }, pageSignal),
        cursor,
        direction,
        limit: PAGE_SIZE,
        signal,
        stop: stop.current.signal,
        onProgress: (found) => setPartial({ key, page: found }),
      });
      setPartial(null);
      return page;
    },
  });
  const complete = query.data;
  const found = partial?.key === key ? partial.page : undefined;
  const page = complete ?? found;
  const steady = useSteadyRows(complete ? key : `${key} …${found?.data.length ?? 0}`, page?.data);
  return {
    ...steady,
    page,
    error: query.error,
    isLoading: !page && query.isFetching,
    isSearching: !complete && found !== undefined && query.isFetching,
    isStopped: complete?.stopped ?? false,
    stopSearching: useCallback(() => stop.current.abort(), []),
    refetch: () => void query.refetch(),
  };
}
