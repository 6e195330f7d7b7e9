import { useSyncExternalStore } from 'react';
import { session } from './session';

export const useSignedIn = (): boolean => useSyncExternalStore(session.subscribe, session.isSignedIn);
