import { createStore } from './store';

/** Whether the last request reached the server. */
export const reachable = createStore(true);

export const online = createStore(navigator.onLine);
addEventListener('online', () => online.set(true));
addEventListener('offline', () => online.set(false));
