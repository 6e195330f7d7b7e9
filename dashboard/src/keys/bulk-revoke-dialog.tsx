import { Alert, Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { adminApi } from '../api/admin-api';
import type { RevokeFilter } from '../api/types';
import { showChanges } from '../app/query-client';
import { announce } from '../common/announcements';
import { ErrorState } from '../common/error-state';
import { formatNumber, plural } from '../common/format';
import { useSettings } from '../settings/use-settings';
import { survivalOf } from './survival';

/** Above this the administrator types the number: a slip of the finger ends no more sessions than that. */
const TYPE_ABOVE = 100;

interface BulkRevokeDialogProps {
  intention: { filter: RevokeFilter; title: string } | null;
  onClose: () => void;
  onDone?: () => void;
}

export function BulkRevokeDialog({ intention, onClose, onDone }: BulkRevokeDialogProps) {
  return (
    <Modal opened={intention !== null} onClose={onClose} title={intention?.title}>
      {intention && <Confirmation filter={intention.filter} onClose={onClose} onDone={onDone} />}
    </Modal>
  );
}

interface ConfirmationProps {
  filter: RevokeFilter;
  onClose: () => void;
  onDone: (() => void) | undefined;
}

/** The server counts first what would be revoked. */
function Confirmation({ filter, onClose, onDone }: ConfirmationProps) {
  const [reason, setReason] = useState('');
  const count = useQuery({
    queryKey: ['dry-run', filter],
    queryFn: () => adminApi.revokeMany({ filter, reason: 'count', dryRun: true }),
    staleTime: 0,
    gcTime: 0,
  });
  const revocation = useMutation({
    mutationFn: () => adminApi.revokeMany({ filter, reason: reason.trim() || 'bulk revocation' }),
    onSuccess: async ({ revoked }) => {
      announce(`Revoked ${plural(revoked, 'key')}.`);
      onClose();
      onDone?.();
      await showChanges();
    },
  });
  if (count.error) return <ErrorState error={count.error} title="The keys could not be counted" onRetry={() => void count.refetch()} />;
  if (!count.data || count.isFetching) return <Skeleton height={120} aria-label="Counting keys" role="status" />;
  const { matched } = count.data;
  if (matched === 0) return <NothingToRevoke onClose={onClose} />;
  return (
    <CountedForm
      matched={matched}
      reason={reason}
      busy={revocation.isPending}
      onReason={setReason}
      onClose={onClose}
      onRevoke={() => revocation.mutate()}
    >
      {revocation.error && <ErrorState error={revocation.error} title="Nothing is known to be revoked" />}
    </CountedForm>
  );
}

function NothingToRevoke({ onClose }: { onClose: () => void }) {
  return (
    <>
      <Text size="sm">No active key matches: there is nothing to revoke.</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </>
  );
}

interface CountedFormProps {
  matched: number;
  reason: string;
  busy: boolean;
  onReason: (reason: string) => void;
  onClose: () => void;
  onRevoke: () => void;
  children: ReactNode;
}

function CountedForm({ matched, reason, busy, onReason, onClose, onRevoke, children }: CountedFormProps) {
  const settings = useSettings();
  const [typed, setTyped] = useState('');
  const mustType = matched > TYPE_ABOVE;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onRevoke();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Alert color="orange" variant="outline" title={`${plural(matched, 'key')} will be revoked`}>
          This cannot be undone: each of these sessions and keys has to log in or be issued again. {survivalOf(settings, 'Their')}
        </Alert>
        <TextInput
          label="Reason"
          description="Optional. Shown in the audit log and to whoever asks why."
          value={reason}
          maxLength={200}
          onChange={(event) => onReason(event.currentTarget.value)}
          data-autofocus
        />
        {mustType && (
          <TextInput
            label={`Type ${matched} to confirm`}
            inputMode="numeric"
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        {children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" color="red" loading={busy} disabled={mustType && typed.replace(/[\s,.]/g, '') !== String(matched)}>
            Revoke {formatNumber(matched)}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
