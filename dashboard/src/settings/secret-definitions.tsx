import type { Definition } from '../common/definitions';
import { Instant } from '../common/instant';
import { UserText } from '../common/user-text';

interface SecretInfo {
  id: string;
  algorithm?: string;
  signs: boolean;
  createdAt: string | null;
}

/** Ids, what they are used for, and their age: all that may be known of a secret. */
export function secretDefinitions(secrets: readonly SecretInfo[]): Definition[] {
  return secrets.map(({ id, algorithm, signs, createdAt }) => [
    id,
    <>
      {algorithm && (
        <>
          <UserText>{algorithm}</UserText>,{' '}
        </>
      )}
      {signs ? 'signs new tokens' : 'only checks older tokens'},{' '}
      {createdAt ? (
        <>
          created <Instant at={createdAt} />
        </>
      ) : (
        'age unknown'
      )}
    </>,
  ]);
}
