import type { RefreshToken } from 'nestjs-jwt-refresh';
import type { Family, ReferenceModel } from './reference-model';
import type { World } from './world';

const PREFIX = 'refresh_token.';

/** The rows and the audit log say what the model says, and nothing more. */
export async function inspect(model: ReferenceModel, world: World): Promise<void> {
  const ids = world.clients.map(({ id }) => id);
  const rows = new Map((await world.rows()).map((row) => [row.id, row]));
  const events = await world.events();
  const found = ids.map((id) => {
    const types = events.filter(({ sessionId }) => sessionId === id).map(({ type }) => type.replace(PREFIX, ''));
    return { ...viewOf(rows.get(id)), events: types.sort() };
  });
  expect(found).toEqual(model.families.map((family) => expectedOf(family, world.users[family.user]!)));
  expect([...rows.keys()].filter((id) => !ids.includes(id))).toEqual([]);
}

/** Null for a family that was pruned. */
function viewOf(row: RefreshToken | undefined): { row: unknown } {
  if (!row) return { row: null };
  const { subject, kind, generation, createdAt, rotatedAt, lastUsed, expiresAt, endsAt, revokedAt, revokedReason, revokedBy } = row;
  return { row: { subject, kind, generation, createdAt, rotatedAt, lastUsed, expiresAt, endsAt, revokedAt, revokedReason, revokedBy } };
}

function expectedOf(family: Family, subject: string): Record<string, unknown> {
  const { kind, generation, createdAt, rotatedAt, lastUsed, expiresAt, endsAt, revoked, events } = family;
  const instants = { createdAt, rotatedAt, lastUsed, expiresAt, endsAt, revokedAt: revoked?.at ?? null };
  const dates = Object.entries(instants).map(([name, at]) => [name, at === null ? null : new Date(at)]);
  const { reason: revokedReason = null, by: revokedBy = null } = revoked ?? {};
  const row = { subject, kind, generation, ...Object.fromEntries(dates), revokedReason, revokedBy };
  return { row: family.isPruned ? null : row, events: [...events].sort() };
}
