import { note, thievishFetch } from './server-log';
import { auth, stolenToken } from './session';

/** The user goes on for two refreshes, then the thief comes with the old token. */
export async function stealAndReplay(): Promise<void> {
  const token = stolenToken();
  note('copies the refresh token out of the page.', 'the thief');
  await auth.refresh();
  await auth.refresh();
  const body = JSON.stringify({ refresh_token: token });
  await thievishFetch('auth/jwt-refresh', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  note('Two generations old: that is a replay. The server has ended the session, for both. The user’s next refresh says so.');
  await auth.refresh();
}
