import { Button, Group, Modal, Radio, Stack } from '@mantine/core';
import { useState } from 'react';
import type { KeyRow } from '../api/types';
import { Instant } from '../common/instant';
import { UserText } from '../common/user-text';
import { nameOfDevice } from '../keys/device';

interface SignOutOthersDialogProps {
  opened: boolean;
  /** The one used last comes first. */
  active: KeyRow[];
  onClose: () => void;
  onChosen: (keptId: string) => void;
}

export function SignOutOthersDialog({ opened, onClose, ...form }: SignOutOthersDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Sign out others">
      <KeptChoice {...form} onClose={onClose} />
    </Modal>
  );
}

function KeptChoice({ active, onClose, onChosen }: Omit<SignOutOthersDialogProps, 'opened'>) {
  const [kept, setKept] = useState(active[0]?.id ?? '');
  return (
    <>
      <Radio.Group label="Which one stays signed in?" value={kept} onChange={setKept}>
        <Stack gap="sm" mt="sm">
          {active.map((row) => (
            <Radio key={row.id} value={row.id} label={<KeptLabel row={row} />} />
          ))}
        </Stack>
      </Radio.Group>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button disabled={!kept} onClick={() => onChosen(kept)}>
          Continue
        </Button>
      </Group>
    </>
  );
}

const KeptLabel = ({ row }: { row: KeyRow }) => (
  <>
    <UserText>{row.label ?? nameOfDevice(row.deviceInfo) ?? 'Unknown device'}</UserText>
    {row.deviceInfo?.ip && (
      <>
        , <UserText>{row.deviceInfo.ip}</UserText>
      </>
    )}
    , last used <Instant at={row.lastUsed} />
  </>
);
