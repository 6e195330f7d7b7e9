import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { adminApi } from '../api/admin-api';
import type { Settings } from '../api/types';

export const settingsQuery = queryOptions({ queryKey: ['settings'], queryFn: ({ signal }) => adminApi.getSettings(signal), staleTime: 60_000 });

/** Below AdminGate the settings are always there. */
export const useSettings = (): Settings => useSuspenseQuery(settingsQuery).data;
