import { useSyncExternalStore } from 'react';
import { session } from './session';

export const useSessionStatus = () => useSyncExternalStore(session.subscribe, session.status);
