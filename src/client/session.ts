import { type Channel, sleep } from './browser';
import type { Settings } from './settings';
import { createOwnSession } from './own-session';
import { type Message, openTabs } from './tabs';
import type { Tokens } from './tokens';

const RIVAL_MS = 300;

export type Session = ReturnType<typeof createSession>;

/**
 * What this tab and the others know of the session. `changed` hears of other tokens, or none; `follow`, that another tab
 * signed in and only the cookie knows; `leave`, that another tab signed out and these tokens are a session of this tab alone.
 */
export function createSession(settings: Settings, changed: () => void, follow: () => void, leave: (tokens: Tokens) => void) {
  const own = createOwnSession(settings);
  const { read, current, reset, state } = own;

  /** Whether another tab has begun a refresh and not said yet what came of it. */
  let rival: boolean | void;

  let tabs: Channel | void = openTabs(settings, (message) => {
    rival = !message.type;
    if (rival) return;
    const tokens = read();
    // Tokens that only this tab knows of: the other one has neither replaced nor cleared them.
    // `==`: where there are no tokens, there is no id, and the state says null.
    const isOwn = tokens?.id == state().sessionId;
    if (message.type === 'signed-in' && isOwn && settings.cookie) follow();
    if (message.type === 'signed-out' && (!tokens || (isOwn && message.endedBy === 'user'))) {
      reset(null, message);
      if (tokens) leave(tokens);
    }
    current();
    changed();
  });

  return {
    ...own,

    /** Waits for what another tab has begun, as long as that usually takes: the cookie may be new before its tokens are seen here. */
    yieldToRival: async (): Promise<void> => {
      rival = await (rival && sleep(RIVAL_MS));
    },

    /** Tells the other tabs that a refresh begins. */
    begin: () => tabs?.postMessage({}),

    /** @returns the tokens before */
    replace: (tokens: Tokens | null, message: Message): Tokens | null => {
      const previous = current();
      reset(tokens, message);
      tabs?.postMessage(message);
      changed();
      return previous;
    },

    // A channel that is closed throws when it is told something.
    close: () => (tabs = tabs?.close()),
  };
}
