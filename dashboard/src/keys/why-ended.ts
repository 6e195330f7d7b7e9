import type { KeyDetail } from '../api/types';
import { formatDuration } from '../common/format';
import { isReuse } from './reasons';

/** Answers "why was I logged out?" in one sentence; null while the key is active. `text` may quote a person. */
export function whyEnded(key: KeyDetail): string | null {
  if (key.status === 'expired') return whyExpired(key);
  if (key.status !== 'revoked') return null;
  return REASONS[key.revokedReason ?? ''] ?? (isReuse(key.revokedReason) ? whyReused(key) : whyRevoked(key));
}

const REASONS: Record<string, string> = {
  logout: 'The user logged out on this device.',
  logout_all: 'The user logged out everywhere.',
  logout_others: 'The user logged out all other devices from one of theirs.',
  session_limit: 'The user logged in elsewhere and had too many sessions: this one was the oldest.',
};

function whyExpired({ endsAt, expiresAt, kind, lifetime, lastUsed }: KeyDetail): string {
  if (Date.parse(endsAt) <= Date.parse(expiresAt)) return `The ${kind} reached its absolute end: no use could prolong it.`;
  const since = lastUsed ? 'for' : 'at all within';
  return `The ${kind} was not used ${since} ${formatDuration(lifetime)}, so it expired.`;
}

function whyReused({ events }: KeyDetail): string {
  const event = events.findLast(({ type }) => type === 'refresh_token.reused');
  const safety = 'To be safe, this family was revoked; no other session was touched.';
  if (event?.presentedGeneration == null) return `A token that was already spent came back: it may have been copied. ${safety}`;
  return `The spent token of generation ${event.presentedGeneration} came back when generation ${event.generation ?? '?'} was in use: it may have been copied. ${safety}`;
}

function whyRevoked({ revokedBy, revokedReason }: KeyDetail): string {
  const actor = revokedBy ? `\u2068${revokedBy}\u2069 revoked it` : 'It was revoked';
  return revokedReason ? `${actor}: \u2068${revokedReason}\u2069.` : `${actor}, without a reason.`;
}
