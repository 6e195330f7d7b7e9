import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { adminApi } from '../api/admin-api';
import type { KeyRow } from '../api/types';
import { showChanges } from '../app/query-client';
import { announce } from '../common/announcements';
import { ErrorState } from '../common/error-state';
import { UserText } from '../common/user-text';
import { useSettings } from '../settings/use-settings';
import { survivalOf } from './survival';

interface RevokeDialogProps {
  row: KeyRow;
  opened: boolean;
  onClose: () => void;
}

export function RevokeDialog({ row, opened, onClose }: RevokeDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Revoke this ${row.kind}?`}>
      <RevokeForm row={row} onClose={onClose} />
    </Modal>
  );
}

function RevokeForm({ row, onClose }: Omit<RevokeDialogProps, 'opened'>) {
  const settings = useSettings();
  const [reason, setReason] = useState('');
  const revocation = useMutation({
    mutationFn: () => adminApi.revokeKey(row.id, reason.trim()),
    onSuccess: async () => {
      announce(`The ${row.kind} is revoked.`);
      onClose();
      await showChanges();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    revocation.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">
          The {row.kind} of <UserText>{row.subject}</UserText> can no longer be refreshed. This cannot be undone. {survivalOf(settings)}
        </Text>
        {row.id === settings.me.sessionId && <Text size="sm">This is the session you are using: you will be signed out.</Text>}
        <TextInput
          label="Reason"
          description="Optional. Shown in the audit log and to whoever asks why."
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
        />
        {revocation.error && <ErrorState error={revocation.error} title={`The ${row.kind} could not be revoked`} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={revocation.isPending}>
            Revoke
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
