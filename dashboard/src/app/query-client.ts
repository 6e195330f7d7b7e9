import { QueryClient } from '@tanstack/react-query';
import { isApiError } from '../api/api-error';
import { acceptLatestRows } from '../common/use-steady-rows';
import { session } from '../session/session';

const MAX_RETRIES = 1;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // Offline is shown, not waited for.
      networkMode: 'always',
      retry: (failures, error) => failures < MAX_RETRIES && isApiError(error) && error.isTransient,
      retryDelay: 1_000,
    },
    mutations: { networkMode: 'always' },
  },
});

// What one administrator saw is not shown to the next.
session.subscribe(() => {
  if (!session.isSignedIn()) queryClient.clear();
});

/** After a change of one's own: everything is read again and shown at once. */
export async function showChanges(): Promise<void> {
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'settings' });
  acceptLatestRows();
}
