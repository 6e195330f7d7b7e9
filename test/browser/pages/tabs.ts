import { type AuthClientOptions, type AuthEvent, createAuthClient } from 'nestjs-jwt-refresh/client';

export interface TabSettings {
  mode: AuthClientOptions['mode'];
  /** Whether tabs share their tokens. */
  shared: boolean;
  /** Milliseconds that this computer's clock is wrong. */
  clockError: number;
}

declare const settings: TabSettings;

const events: AuthEvent[] = [];
/** What the guarded route answered while the tab was working. */
const statuses: number[] = [];

const auth = createAuthClient({
  baseUrl: location.origin,
  mode: settings.mode,
  storage: settings.shared ? localStorage : undefined,
  now: () => Date.now() + settings.clockError,
  onEvent: (event) => events.push(event),
});

/** Reads the guarded route. 0 is a request without an answer. */
async function read(): Promise<number> {
  try {
    return (await auth.fetch('/me')).status;
  } catch {
    return 0;
  }
}

/** Reads it again and again, as a busy page does. */
function work(): void {
  setInterval(() => void read().then((status) => statuses.push(status)), 300);
}

const tab = { settings, events, statuses, auth, read, work };

export type Tab = typeof tab;

Object.assign(globalThis, { tab });
