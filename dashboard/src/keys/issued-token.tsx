import { Alert, Button, Checkbox, Group, Stack, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { IssuedKey } from '../api/types';
import { CopyButton } from '../common/copy-button';

interface IssuedTokenProps {
  issued: IssuedKey;
  onStored: (openKey: boolean) => void;
}

const warnBeforeLeaving = (event: BeforeUnloadEvent): void => event.preventDefault();

export function IssuedToken({ issued, onStored }: IssuedTokenProps) {
  const [stored, setStored] = useState(false);
  useEffect(() => {
    addEventListener('beforeunload', warnBeforeLeaving);
    return () => removeEventListener('beforeunload', warnBeforeLeaving);
  }, []);
  return (
    <Stack gap="sm">
      <Alert color="orange" variant="outline" title="Shown only this once">
        The server keeps only a hash of it. If it gets lost, revoke this key and issue another.
      </Alert>
      <Textarea
        label="Refresh token"
        value={issued.token}
        readOnly
        autosize
        minRows={3}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', wordBreak: 'break-all' } }}
        onFocus={(event) => event.currentTarget.select()}
        data-autofocus
      />
      <Group>
        <CopyButton full value={issued.token} what="token" />
      </Group>
      <Checkbox label="I stored it in a safe place" checked={stored} onChange={(event) => setStored(event.currentTarget.checked)} />
      <Group justify="flex-end">
        <Button variant="default" disabled={!stored} onClick={() => onStored(true)}>
          Show key
        </Button>
        <Button disabled={!stored} onClick={() => onStored(false)}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}
