import { Text } from '@mantine/core';
import type { KeyDetail } from '../api/types';
import { href } from '../app/router';
import { Instant } from '../common/instant';
import { lookOf } from './event-icon';
import { EventSentence } from './event-sentence';
import classes from './timeline.module.css';

/** The life of a key, newest first: what happened last is what is asked about. */
export function Timeline({ detail }: { detail: KeyDetail }) {
  const { events, eventsCapped, id } = detail;
  if (events.length === 0) return <Text size="sm">No events are recorded for this key. The audit log may be off or pruned.</Text>;
  return (
    <>
      <ol className={classes.timeline} reversed>
        {events.toReversed().map((event) => {
          const { Icon, tone } = lookOf(event.type);
          return (
            <li key={event.id} className={classes.event} data-tone={tone}>
              <Icon size={16} aria-hidden className={classes.icon} />
              <div>
                <EventSentence event={event} />
                <div className={classes.when}>
                  <Instant at={event.at} />
                </div>
              </div>
            </li>
          );
        })}
      </ol>
      {eventsCapped && (
        <Text size="sm">
          These are the newest {events.length}. <a href={href(['audit'], { sessionId: id })}>Show all in the audit log</a>
        </Text>
      )}
    </>
  );
}
