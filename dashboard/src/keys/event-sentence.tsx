import type { ReactNode } from 'react';
import type { AuditEvent } from '../api/types';
import { plural } from '../common/format';
import { UserText } from '../common/user-text';
import { nameOfDevice } from './device';
import { isReuse, reasonInWords } from './reasons';

/** What an event tells, in plain words. */
export function EventSentence({ event }: { event: AuditEvent }) {
  const Words = SENTENCES[event.type];
  return Words ? <Words event={event} /> : <UserText>{event.type}</UserText>;
}

type Words = (props: { event: AuditEvent }) => ReactNode;

const REFUSALS: Record<string, string> = {
  expired: 'it had expired',
  revoked: 'it was revoked',
  ahead: 'the database does not know this generation yet, as after a restore',
  unknown: 'the database does not know it',
  subject_refused: 'the application refused this user',
  client_refused: 'another client presented it',
};

const SENTENCES: Record<AuditEvent['type'], Words> = {
  'refresh_token.issued': ({ event }) => (
    <>
      Issued
      <Origin event={event} />
      <By event={event} />
    </>
  ),
  'refresh_token.rotated': ({ event }) => (
    <>
      Rotated to generation {event.generation ?? '?'}
      <Origin event={event} />
    </>
  ),
  'refresh_token.retried': ({ event }) => (
    <>
      The token just spent came again in time and got the same successor, generation {event.generation ?? '?'}
      {event.reason === 'unconfirmed' && ', which nobody had used yet'}
      <Origin event={event} />
    </>
  ),
  'refresh_token.reused': ({ event }) => (
    <>
      Spent token of generation {event.presentedGeneration ?? '?'} came back
      <Origin event={event} />
      {event.reason === 'late_retry' && ', too late for a retry'}: the family was revoked (reuse)
    </>
  ),
  'refresh_token.revoked': ({ event }) => (
    <>
      Revoked
      <By event={event} />
      {event.reason && !isReuse(event.reason) && (
        <>
          : <UserText>{reasonInWords(event.reason)}</UserText>
        </>
      )}
      {isReuse(event.reason) && ' because a spent token came back (reuse)'}
    </>
  ),
  'refresh_token.refused': ({ event }) => (
    <>
      Token of generation {event.presentedGeneration ?? '?'} was refused
      <Origin event={event} />: <UserText>{REFUSALS[event.reason ?? ''] ?? event.reason ?? 'no reason recorded'}</UserText>
    </>
  ),
  'admin.tokens_revoked': ({ event }) => {
    const { matched, revoked, dryRun } = event.details ?? {};
    return (
      <>
        {dryRun ? `Counted ${count(matched)} for a bulk revocation` : `Bulk revocation: ${count(revoked)} of ${count(matched)} matching`}
        <By event={event} />
        {event.reason && !dryRun && (
          <>
            : <UserText>{event.reason}</UserText>
          </>
        )}
      </>
    );
  },
  'admin.exported': ({ event }) => (
    <>
      Exported {event.details?.export === 'events' ? 'audit events' : 'keys'} as CSV
      <By event={event} />
    </>
  ),
  'admin.looked_up': ({ event }) => (
    <>
      Token looked up
      <By event={event} />
    </>
  ),
  'admin.refused': ({ event }) => (
    <>
      Refused an administrator’s action {typeof event.details?.action === 'string' && <UserText>{event.details.action}</UserText>}
      <By event={event} />
      {event.reason && (
        <>
          : <UserText>{event.reason}</UserText>
        </>
      )}
    </>
  ),
  'maintenance.pruned': ({ event }) => (
    <>
      Old rows deleted: {count(event.details?.families)} and {plural(Number(event.details?.events), 'audit event')}
    </>
  ),
};

const count = (value: unknown): string => (typeof value === 'number' ? plural(value, 'key') : 'keys');

function Origin({ event }: { event: AuditEvent }) {
  const device = nameOfDevice(event.deviceInfo);
  const ip = event.ip ?? event.deviceInfo?.ip;
  if (!device && !ip) return null;
  return (
    <>
      {' from '}
      {device && <UserText>{device}</UserText>}
      {device && ip && ', '}
      {ip && <UserText>{ip}</UserText>}
    </>
  );
}

const By = ({ event: { actor } }: { event: AuditEvent }) =>
  actor && (
    <>
      {' by '}
      <UserText>{actor}</UserText>
    </>
  );
