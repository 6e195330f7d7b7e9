import { JwtRefreshError } from '../errors';
import { newId } from '../ids';
import { DuplicateKeyError } from '../storage/database';
import type { RefreshToken } from './refresh-token.entity';

const MAX_DRAWS = 3;

type Insert = (session: RefreshToken) => Promise<void>;

/**
 * Stores a new session, and draws another id in the unthinkable case that one is taken: a session is never written over.
 *
 * @param renew the same with another id
 * @returns what was stored
 * @throws JwtRefreshError `temporarily_unavailable` when every id is taken
 */
export async function underFreeId(session: RefreshToken, insert: Insert, renew = withNewId, draw = 1): Promise<RefreshToken> {
  try {
    await insert(session);
    return session;
  } catch (error) {
    if (!(error instanceof DuplicateKeyError)) throw error;
    if (draw === MAX_DRAWS) throw new JwtRefreshError('temporarily_unavailable');
    return underFreeId(renew(session), insert, renew, draw + 1);
  }
}

function withNewId(session: RefreshToken): RefreshToken {
  return Object.assign(session, { id: newId(session.createdAt.getTime()) });
}
