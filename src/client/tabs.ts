import type { AuthState } from './auth-client';
import { type Channel, page } from './browser';
import type { Settings } from './settings';

/** What tabs tell each other: that something happened, never a token. */
export interface Message {
  /** What has happened; left out, a refresh begins. */
  type?: 'signed-in' | 'refreshed' | 'signed-out';
  /** Of `signed-out`. */
  endedBy?: AuthState['endedBy'];
  code?: string;
}

/** The line to the other tabs, where tabs act together. */
export function openTabs({ shared }: Settings, hear: (message: Message) => void): Channel | void {
  if (!shared || !page.BroadcastChannel) return;
  const channel = new page.BroadcastChannel(shared);
  channel.onmessage = ({ data }) => hear(data as Message);
  return channel;
}
