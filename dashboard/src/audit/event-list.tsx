import type { AuditEvent } from '../api/types';
import { href } from '../app/router';
import { Instant } from '../common/instant';
import { StatusBadge } from '../common/tone-badge';
import { SubjectLink } from '../keys/columns';
import { lookOf } from '../keys/event-icon';
import { EventSentence } from '../keys/event-sentence';
import classes from './event-list.module.css';

/** Reads like a log: when, what kind, what happened, to whom. */
export function EventList({ events }: { events: AuditEvent[] }) {
  return (
    <ul className={classes.events} aria-label="Events">
      {events.map((event) => (
        <EventItem key={event.id} event={event} />
      ))}
    </ul>
  );
}

function EventItem({ event }: { event: AuditEvent }) {
  const { Icon, tone, name } = lookOf(event.type);
  return (
    <li className={classes.event}>
      <span className={classes.when}>
        <Instant at={event.at} />
      </span>
      <span>
        <StatusBadge tone={tone} Icon={Icon}>
          {name}
        </StatusBadge>
      </span>
      <span className={classes.sentence}>
        <EventSentence event={event} />
      </span>
      <span className={classes.links}>
        {event.subject && <SubjectLink subject={event.subject} />}
        {event.sessionId && (
          <a href={href(['keys', event.sessionId])} aria-label={`Open key ${event.sessionId}`}>
            Open key
          </a>
        )}
      </span>
    </li>
  );
}
