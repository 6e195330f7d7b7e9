import { decodeJwt } from 'jose';
import { access, always, expectRefresh, familyStep, hasAccess, isHeld, isLetIn, passOf, pick, step } from './step';
import type { Age, Stage, Where, Which } from './step';
import { ADMIN_SUBJECT } from './world';

export const login = step<Where & { user: number }>('login', async ({ model, world }, { user, node }) => {
  model.logIn(user);
  const { status, body } = await world.nodes[node]!.http.post('/login', { username: world.users[user] });
  expect(status).toBe(201);
  world.clients.push({ id: decodeJwt(body.access_token).sid as string, refreshTokens: [body.refresh_token], accessTokens: [body.access_token] });
});

/** An administrator makes a key. */
export const makeKey = step<Where & { user: number; rotates: boolean }>('makeKey', async ({ model, world }, { user, rotates, node }) => {
  model.makeKey(user, rotates);
  const key = { audience: 'test', lifetime: model.rules.absoluteSeconds, subject: world.users[user], rotates };
  const { status, body } = await (await world.administrator(node)).post('', key);
  expect(status).toBe(201);
  world.clients.push({ id: body.id, refreshTokens: [body.token], accessTokens: [] });
});

export const wait = step<{ milliseconds: number }>('wait', async ({ model, world }, { milliseconds }) => {
  model.now += milliseconds;
  world.clock.advanceMilliseconds(milliseconds);
});

export const restart = step<Where>('restart', ({ world }, { node }) => world.restart(node));

/** On schedule, or because the host says so. */
export const prune = step<Where>('prune', async ({ model, world }, { node }) => {
  expect(await world.nodes[node]!.prune()).not.toBeNull();
  for (const family of model.families) family.prune(model.now);
});

export const refresh = familyStep<Which & Age>('refresh', isHeld, async (scene, { age }) => {
  const { family, http } = scene;
  const generation = family.held - age;
  const verdict = family.present(generation, scene.model.now);
  expectRefresh(scene, await http.refresh(scene.client.refreshTokens[generation]), verdict);
  if ('generation' in verdict) family.held = verdict.generation;
});

/** The answer never reaches the client. */
export const refreshInVain = familyStep<Which>('refreshInVain', always, async (scene) => {
  const { family, client, http } = scene;
  expectRefresh(scene, await http.refresh(client.refreshTokens[family.held]), family.present(family.held, scene.model.now));
});

/** Both nodes are asked at once: whoever comes second brings a spent token. */
export const refreshTwice = familyStep<Which>('refreshTwice', always, async (scene) => {
  const { family, client, model, world } = scene;
  const token = client.refreshTokens[family.held];
  const verdicts = [family.present(family.held, model.now), family.present(family.held, model.now)];
  const answers = await Promise.all(world.nodes.map(({ http }) => http.refresh(token)));
  answers.sort((a, b) => a.status - b.status).forEach((answer, i) => expectRefresh(scene, answer, verdicts[i]!));
  if ('generation' in verdicts[0]!) family.held = verdicts[0].generation;
  // Either may have revoked it, and then only that one knows at once.
  await world.settle();
});

export const logout = familyStep<Which & Age>('logout', isHeld, async ({ family, client, subject, model, http }, { age }) => {
  family.revoke('logout', subject, model.now);
  expect((await http.logout(client.refreshTokens[family.held - age])).status).toBe(204);
});

export const useAccess = familyStep<Which & Age>('useAccess', hasAccess, async (scene, which) => {
  const { status, body } = await scene.http.get('/me', access(scene, which));
  if (!isLetIn(scene, which, { status, body })) return;
  const { sub, sid, gen } = body;
  const { generation } = scene.family.passes.at(-1 - which.age)!;
  expect({ status, sub, sid, gen }).toEqual({ status: 200, sub: scene.subject, sid: scene.client.id, gen: generation });
});

export const listSessions = familyStep<Which & Age>('listSessions', hasAccess, async (scene, which) => {
  const { status, body } = await scene.http.get('/auth/sessions', access(scene, which));
  if (!isLetIn(scene, which, { status, body })) return;
  const { model, world, family } = scene;
  const live = model.sessionsOf(family.user).map((session) => world.clients[model.families.indexOf(session)]!.id);
  expect({ status, ids: (body.data as { id: string }[]).map(({ id }) => id) }).toEqual({ status: 200, ids: live });
});

export const logoutAll = familyStep<Which & Age>('logoutAll', hasAccess, async (scene, which) => {
  const answer = await scene.http.logout('all', access(scene, which));
  if (scene.family.hasLoggedOutWithAll(passOf(scene, which), scene.model.now)) return expect(answer.status).toBe(204);
  if (!isLetIn(scene, which, answer)) return;
  expect(answer.status).toBe(204);
  scene.model.revokeAll(scene.family.user, 'logout_all', scene.subject);
  tick(scene);
});

export const endOthers = familyStep<Which & Age>('endOthers', hasAccess, async (scene, which) => {
  const answer = await scene.http.delete('/auth/sessions?except=current', access(scene, which));
  if (!isLetIn(scene, which, answer)) return;
  expect(answer.status).toBe(204);
  scene.model.revokeAll(scene.family.user, 'logout_others', scene.subject, scene.family);
  tick(scene);
});

/** Whom a logout has ended is found by its millisecond: the next one is in another. */
function tick({ model, world }: Stage): void {
  model.now += 1;
  world.clock.advanceMilliseconds(1);
}

/** A user ends a session by its id, which may be somebody else's. */
export const endSession = familyStep<Which & Age & { target: number }>('endSession', hasAccess, async (scene, which) => {
  const { model, world, family, subject } = scene;
  const target = pick(model.families, which.target);
  const answer = await scene.http.delete(`/auth/sessions/${pick(world.clients, which.target).id}`, access(scene, which));
  if (!isLetIn(scene, which, answer)) return;
  const ends = target.user === family.user && target.revoke('logout', subject, model.now);
  expect(answer.status).toBe(ends ? 204 : 404);
});

export const adminRevoke = familyStep<Which>('adminRevoke', always, async ({ family, client, model, world }, { node }) => {
  family.revoke('moved away', ADMIN_SUBJECT, model.now);
  const { status } = await (await world.administrator(node)).post(`/${client.id}/revoke`, { reason: 'moved away' });
  expect(status).toBe(family.isPruned ? 404 : 200);
});
