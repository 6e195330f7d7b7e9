import type { OwnSession } from 'nestjs-jwt-refresh/client';
import { byId, element } from './dom';
import { auth } from './session';

/** Lists the user's sessions, each but the current one with a button that ends it. */
export async function showSessions(): Promise<void> {
  if (auth.state.status !== 'signed-in') return;
  byId('sessions').replaceChildren(...(await auth.sessions.list()).map(row));
}

function row({ id, current, device_info, created_at }: OwnSession): HTMLLIElement {
  const device = [device_info?.browser, device_info?.os].filter(Boolean).join(' on ') || 'Unknown device';
  const since = `since ${new Date(created_at).toLocaleTimeString('en-GB')}`;
  return element(
    'li',
    '',
    element('span', '', device, element('small', '', since)),
    current ? element('span', 'badge', 'this one') : endButton(id, since),
  );
}

function endButton(id: string, since: string): HTMLButtonElement {
  const button = element('button', 'small', 'End');
  button.setAttribute('aria-label', `End the session ${since}`);
  button.addEventListener('click', () => void auth.sessions.end(id).then(showSessions));
  return button;
}
