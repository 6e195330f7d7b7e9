import { Button, Drawer, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { adminApi } from '../api/admin-api';
import { isApiError } from '../api/api-error';
import { href } from '../app/router';
import { EmptyState } from '../common/empty-state';
import { ErrorState } from '../common/error-state';
import { KeyFacts } from './key-facts';
import { KeySummary } from './key-summary';
import { forgetPresented } from './presented';
import { RevokeDialog } from './revoke-dialog';
import { Timeline } from './timeline';
import { useSettings } from '../settings/use-settings';
import type { KeyDetail } from '../api/types';

const POLL_MS = 15_000;

interface KeyDrawerProps {
  id: string | undefined;
  onClose: () => void;
}

export function KeyDrawer({ id, onClose }: KeyDrawerProps) {
  const close = () => {
    forgetPresented();
    onClose();
  };
  return (
    <Drawer
      opened={id !== undefined}
      onClose={close}
      position="right"
      size="36rem"
      title="Key"
      closeButtonProps={{ 'aria-label': 'Close key' }}
      keepMounted={false}
    >
      {id && <KeyById key={id} id={id} />}
    </Drawer>
  );
}

function KeyById({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['key', id],
    queryFn: ({ signal }) => adminApi.getKey(id, signal),
    refetchInterval: POLL_MS,
  });
  if (data) return <KeyView detail={data} />;
  if (isApiError(error) && error.status === 404) return <UnknownKey id={id} />;
  if (error) return <ErrorState error={error} title="The key could not be loaded" onRetry={() => void refetch()} />;
  return (
    <Stack aria-busy role="status" aria-label="Loading">
      <Skeleton height={48} />
      <Skeleton height={320} />
      <Skeleton height={160} />
    </Stack>
  );
}

/** An id may also be somebody's user id. */
const UnknownKey = ({ id }: { id: string }) => (
  <EmptyState title="There is no key with this id">
    It may have been pruned. If it is the id of a user, look at <a href={href(['subjects', id])}>all sessions and keys of this subject</a>.
  </EmptyState>
);

function KeyView({ detail }: { detail: KeyDetail }) {
  const { readOnly } = useSettings();
  const [revoking, setRevoking] = useState(false);
  return (
    <Stack gap="lg">
      <KeySummary detail={detail} />
      {!readOnly && detail.status === 'active' && (
        <div>
          <Button color="red" variant="outline" onClick={() => setRevoking(true)}>
            Revoke…
          </Button>
        </div>
      )}
      <section aria-labelledby="key-facts">
        <Text component="h3" id="key-facts" fw={650} mb={4}>
          Fields
        </Text>
        <KeyFacts row={detail} />
      </section>
      <section aria-labelledby="key-timeline">
        <Text component="h3" id="key-timeline" fw={650} mb={4}>
          What happened
        </Text>
        <Timeline detail={detail} />
      </section>
      <RevokeDialog row={detail} opened={revoking} onClose={() => setRevoking(false)} />
    </Stack>
  );
}
