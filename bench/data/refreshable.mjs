// Refresh tokens for rows that are there already, all over the table.
import { RefreshToken } from 'nestjs-jwt-refresh';
import { MoreThanOrEqual } from 'typeorm';
import { firstSecret, hashSecret } from '../../dist/tokens/ratchet.js';
import { TokenMinter } from '../../dist/tokens/token-minter.js';
import { randomFrom } from './dataset.mjs';

const NEIGHBOURS = 4;

/** Gives live sessions at random places secrets that are known here. @returns their current refresh tokens */
export async function makeRefreshable({ app, dataSource, now }, count) {
  const minter = app.get(TokenMinter);
  const sessions = await randomSessions(dataSource.getRepository(RefreshToken), now, count);
  return dataSource.transaction(async (manager) => {
    const tokens = [];
    for (const session of sessions) {
      const secret = firstSecret();
      const known = { tokenHash: hashSecret(secret), secretId: minter.currentKeys.id };
      await manager.update(RefreshToken, { id: session.id }, known);
      tokens.push((await minter.mint(Object.assign(session, known), secret, Date.now())).refreshToken);
    }
    return tokens;
  });
}

async function randomSessions(repository, now, count) {
  const [oldest] = await repository.find({ order: { id: 'ASC' }, take: 1 });
  const begin = oldest.createdAt.getTime();
  const random = randomFrom(5);
  const found = new Map();
  for (let tries = 0; found.size < count && tries < count; tries++) {
    const place = idAt(Math.floor(begin + random() * (now - begin)));
    const rows = await repository.find({ where: { id: MoreThanOrEqual(place) }, order: { id: 'ASC' }, take: NEIGHBOURS });
    for (const row of rows.filter((session) => isLive(session, now))) found.set(row.id, row);
  }
  return [...found.values()].slice(0, count);
}

/** The least UUID v7 of a moment. */
function idAt(time) {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

function isLive({ kind, revokedAt, expiresAt, endsAt }, now) {
  return kind === 'session' && !revokedAt && expiresAt > now && endsAt > now;
}
