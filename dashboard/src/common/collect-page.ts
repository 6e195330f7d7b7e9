import type { Page } from '../api/types';

export type Direction = 'next' | 'prev';

interface CollectOptions<T> {
  fetchPage: (cursor: string | undefined, limit: number, signal: AbortSignal) => Promise<Page<T>>;
  cursor: string | undefined;
  direction: Direction;
  limit: number;
  /** Gives the whole query up. */
  signal: AbortSignal;
  /** Ends the search and keeps what was found. */
  stop: AbortSignal;
  onProgress: (page: Page<T>) => void;
}

export type CollectedPage<T> = Page<T> & { requests: number; stopped: boolean };

/** One request looks at a bounded number of rows: goes on until a page is full, the table ends, or someone stops it. */
export async function collectPage<T>(options: CollectOptions<T>): Promise<CollectedPage<T>> {
  const { fetchPage, direction, limit, signal, stop, onProgress } = options;
  let page = await fetchPage(options.cursor, limit, signal);
  let requests = 1;
  for (let next = goOnAt(page, direction); next && page.data.length < limit; next = goOnAt(page, direction)) {
    onProgress(page);
    requests += 1;
    try {
      page = join(page, await fetchPage(next, limit - page.data.length, AbortSignal.any([signal, stop])), direction);
    } catch (error) {
      if (stop.aborted && !signal.aborted) return { ...page, requests, stopped: true };
      throw error;
    }
  }
  return { ...page, requests, stopped: false };
}

const goOnAt = <T>(page: Page<T>, direction: Direction): string | null => (direction === 'next' ? page.nextCursor : page.prevCursor);

function join<T>(known: Page<T>, found: Page<T>, direction: Direction): Page<T> {
  if (direction === 'next') return { ...known, data: [...known.data, ...found.data], nextCursor: found.nextCursor };
  return { ...known, data: [...found.data, ...known.data], prevCursor: found.prevCursor };
}
