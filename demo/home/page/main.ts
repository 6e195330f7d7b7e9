import { config, mode } from './config';
import { byId, onPress } from './dom';
import { showSessions } from './own-sessions';
import { auth, type Claims, findClaims, loseAnswer } from './session';
import { stealAndReplay } from './theft';

const SECOND = 1000;

function showState(): void {
  const { status, endedBy } = auth.state;
  const signedIn = status === 'signed-in';
  for (const id of ['session', 'mishaps', 'devices']) byId(id).hidden = !signedIn;
  byId('signed-out').hidden = status !== 'signed-out';
  byId('notice').classList.toggle('ended', endedBy === 'server');
  byId('notice').textContent = endedBy === 'server' ? 'The server has ended the session. The log says why.' : endedBy === 'user' ? 'Signed out.' : '';
  if (signedIn) void refreshView();
}

/** Shows who is signed in, and for how long without a refresh. */
async function tick(): Promise<void> {
  const claims = await findClaims().catch(() => null);
  if (claims) showToken(claims);
}

function showToken({ username, gen, iat, exp }: Claims): void {
  const left = Math.max(0, Math.ceil(exp - Date.now() / SECOND));
  byId('who').textContent = `${username} is signed in`;
  byId('countdown').textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
  byId('generation').textContent = `generation ${gen}`;
  Object.assign(byId<HTMLProgressElement>('life'), { max: exp - iat, value: left });
}

async function refreshView(): Promise<void> {
  await tick();
  await showSessions().catch(() => undefined);
}

const SECOND_CHANCE = {
  body: 'The page presents the same token again and gets the same successor',
  cookie: 'The page asks again, whether its cookie is the old one or the new one by now, and goes on',
};

const LOSS =
  config.graceSeconds > 0
    ? `${SECOND_CHANCE[mode]}: for ${config.graceSeconds} s after a refresh nobody is punished for a bad network.`
    : 'With GRACE_SECONDS=0 a token presented twice is a replay, whoever presents it: the session ends.';

const THEFT = {
  body: 'A thief copies the refresh token out of this page. You refresh twice; then the thief comes with the old token.',
  cookie: 'The refresh token is in an HttpOnly cookie. No script of this page can read it, so there is nothing to copy: that is the point. TRANSPORT=body shows the theft.',
}; // prettier-ignore

byId('renewal').textContent =
  `The page refreshes by itself shortly before the end. The refresh token is ${mode === 'body' ? 'in localStorage' : 'in an HttpOnly cookie'}.`;
byId('about-loss').textContent = LOSS;
byId('about-theft').textContent = THEFT[mode];
byId<HTMLButtonElement>('steal').hidden = mode === 'cookie';

for (const button of document.querySelectorAll<HTMLButtonElement>('[data-login]')) {
  const username = button.dataset.login!;
  button.addEventListener('click', () => void auth.login({ username, password: `${username}-demo` }).catch(() => undefined));
}
onPress('refresh', () => auth.refresh().then(refreshView));
onPress('me', () => auth.fetch('me'));
onPress('lose', () => loseAnswer().then(refreshView));
onPress('steal', stealAndReplay);
onPress('log-out', () => auth.logout());
onPress('log-out-everywhere', () => auth.logout({ everywhere: true }));
auth.subscribe(showState);
setInterval(() => void tick(), SECOND);
showState();
