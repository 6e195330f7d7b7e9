import { Skeleton, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { adminApi } from '../api/admin-api';
import type { AuditEvent } from '../api/types';
import { href } from '../app/router';
import { ErrorState } from '../common/error-state';
import { Instant } from '../common/instant';
import { SubjectLink } from '../keys/columns';
import { EventSentence } from '../keys/event-sentence';
import classes from './overview.module.css';

const POLL_MS = 15_000;
const REUSED = 'refresh_token.reused';

export function LatestAlerts() {
  const { data, error, refetch } = useQuery({
    queryKey: ['events', 'latest-alerts'],
    queryFn: ({ signal }) => adminApi.listEvents({ type: REUSED, limit: 5 }, signal),
    refetchInterval: POLL_MS,
  });
  return (
    <section className={`${classes.panel} ${classes.alerts}`} aria-labelledby="latest-alerts">
      <Title order={2} size="h5" id="latest-alerts" mb="xs">
        Latest reuse alerts
      </Title>
      {data && <AlertList events={data.data} />}
      {!data && !error && <Skeleton height={80} />}
      {!data && error && <ErrorState error={error} title="The alerts could not be loaded" onRetry={() => void refetch()} />}
    </section>
  );
}

function AlertList({ events }: { events: AuditEvent[] }) {
  if (events.length === 0) return <Text size="sm">None: no spent token has come back.</Text>;
  return (
    <>
      <ul className={classes.alertList}>
        {events.map((event) => (
          <li key={event.id} className={classes.alert}>
            <IconAlertTriangle size={17} aria-hidden />
            <div>
              {event.subject && (
                <>
                  <SubjectLink subject={event.subject} />:{' '}
                </>
              )}
              <EventSentence event={event} />.{' '}
              <span className={classes.when}>
                <Instant at={event.at} />
              </span>{' '}
              {event.sessionId && (
                <a href={href(['keys', event.sessionId])} aria-label={`Open key of ${event.subject ?? 'this alert'}`}>
                  Open key
                </a>
              )}
            </div>
          </li>
        ))}
      </ul>
      <Text size="sm" mt="xs">
        <a href={href(['audit'], { type: REUSED })} style={{ color: 'var(--accent)' }}>
          All reuse alerts
        </a>
      </Text>
    </>
  );
}
