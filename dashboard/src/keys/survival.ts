import type { Settings } from '../api/types';
import { formatDuration } from '../common/format';

/** How long access tokens outlive a revocation. */
export function survivalOf({ revocation, accessToken }: Settings, whose: 'Its' | 'Their' = 'Its'): string {
  if (revocation.check !== 'stateless') {
    const soon = revocation.check === 'strict' ? 'at once' : `within ${revocation.pollInterval * 1.5} seconds`;
    return `${whose} access tokens stop working ${soon} on guarded routes. Routes that do not check sessions accept them until they expire.`;
  }
  const longest = formatDuration(accessToken.lifetime);
  return `Access tokens already handed out keep working until they expire: up to ${longest} (revocation check: ${revocation.check}).`;
}
