import { JwtRefreshError } from '../errors';
import { newId } from '../ids';
import { DuplicateKeyError } from '../storage/database';
import type { RefreshToken } from './refresh-token.entity';

const MAX_DRAWS = 3;

/**
 * Stores a new session, and draws another id in the unthinkable case that one is taken: a session is never written over.
 *
 * @throws JwtRefreshError `temporarily_unavailable` when every id is taken
 */
export async function underFreeId(session: RefreshToken, insert: () => Promise<void>, draw = 1): Promise<void> {
  try {
    await insert();
  } catch (error) {
    if (!(error instanceof DuplicateKeyError)) throw error;
    if (draw === MAX_DRAWS) throw new JwtRefreshError('temporarily_unavailable');
    await underFreeId(Object.assign(session, { id: newId(session.createdAt.getTime()) }), insert, draw + 1);
  }
}
