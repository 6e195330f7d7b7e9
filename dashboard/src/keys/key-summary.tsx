import { Alert, Group, Text } from '@mantine/core';
import type { KeyDetail, PresentedToken } from '../api/types';
import { Instant } from '../common/instant';
import { UserText } from '../common/user-text';
import { SubjectLink } from './columns';
import { Device } from './device';
import { KeyStatus } from './key-status';
import { usePresented } from './presented';
import { whyEnded } from './why-ended';

export function KeySummary({ detail }: { detail: KeyDetail }) {
  const presented = usePresented(detail.id);
  const why = whyEnded(detail);
  return (
    <div>
      {presented && <PresentedNote presented={presented} current={detail.generation} />}
      <Group gap="sm" mb={8}>
        <Text component="h2" fw={650} fz="lg">
          {detail.kind === 'key' ? 'Key' : 'Session'} of <SubjectLink subject={detail.subject} />
        </Text>
        <KeyStatus row={detail} />
      </Group>
      {detail.label && (
        <Text size="sm" mb={8}>
          <UserText>{detail.label}</UserText>
        </Text>
      )}
      <Device device={detail.deviceInfo} />
      <Alert mt="md" variant="outline" color={why ? 'orange' : 'green'} title={why ? 'Why it ended' : 'In force'}>
        {why ? (
          <>
            <UserText>{why}</UserText> Ended <Instant at={detail.revokedAt ?? detail.expiresAt} />.
          </>
        ) : (
          <>
            Expires <Instant at={detail.expiresAt} /> unless it is used before, and ends <Instant at={detail.endsAt} /> at the latest.
          </>
        )}
      </Alert>
    </div>
  );
}

function PresentedNote({ presented, current }: { presented: PresentedToken; current: number }) {
  const what = presented.type === 'refresh' ? 'a refresh token' : 'an access token';
  const state = presented.current ? 'It is the current one.' : `It is not the current one: the key is at generation ${current}.`;
  return (
    <Alert mb="md" variant="outline" color="blue" title="The pasted token">
      It is {what} of generation {presented.generation} of this key. {state}
    </Alert>
  );
}
