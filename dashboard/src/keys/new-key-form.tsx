import { Button, Group, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { adminApi } from '../api/admin-api';
import type { IssuedKey } from '../api/types';
import { ErrorState } from '../common/error-state';
import { useSettings } from '../settings/use-settings';
import { LifetimeInput } from './lifetime-input';
import { keyOf, problemsOf, UNITS, type KeyDraft } from './new-key-draft';

interface NewKeyFormProps {
  onCancel: () => void;
  onIssued: (key: IssuedKey) => void;
}

const firstDraft = (audience: string): KeyDraft => ({
  audience,
  preset: String(30 * UNITS.days),
  amount: '7',
  unit: 'days',
  subject: '',
  label: '',
  claims: '',
  rotates: true,
});

export function NewKeyForm({ onCancel, onIssued }: NewKeyFormProps) {
  const { audiences } = useSettings();
  const [draft, setDraft] = useState(() => firstDraft(audiences[0] ?? ''));
  const [checked, setChecked] = useState(false);
  const problems = problemsOf(draft);
  const shown = checked ? problems : { claims: problems.claims };
  const creation = useMutation({ mutationFn: adminApi.createKey, onSuccess: onIssued });
  const change = (part: Partial<KeyDraft>) => setDraft({ ...draft, ...part });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (Object.keys(problems).length === 0) creation.mutate(keyOf(draft));
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <AudienceInput audiences={audiences} value={draft.audience} error={shown.audience} onChange={(audience) => change({ audience })} />
        <LifetimeInput draft={draft} error={shown.amount} onChange={change} />
        <Switch
          label="Rotates"
          description={
            draft.rotates
              ? 'Each use replaces the token by its successor, and a copied token is noticed. Choose this when the client can store the new one.'
              : 'The same token stays valid until it ends. For clients that cannot store a new one; a copied token is not noticed.'
          }
          checked={draft.rotates}
          onChange={(event) => change({ rotates: event.currentTarget.checked })}
        />
        <OptionalInputs draft={draft} claimsError={shown.claims} onChange={change} />
        {creation.error && <ErrorState error={creation.error} title="The key could not be created" />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button type="submit" loading={creation.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface AudienceInputProps {
  audiences: string[];
  value: string;
  error: string | undefined;
  onChange: (audience: string) => void;
}

function AudienceInput({ audiences, value, error, onChange }: AudienceInputProps) {
  return (
    <>
      <TextInput
        label="Audience"
        description="The service, application or API that the token is for"
        list="known-audiences"
        required
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
        data-autofocus
      />
      <datalist id="known-audiences">
        {audiences.map((audience) => (
          <option key={audience} value={audience} />
        ))}
      </datalist>
    </>
  );
}

interface OptionalInputsProps {
  draft: KeyDraft;
  claimsError: string | undefined;
  onChange: (part: Partial<KeyDraft>) => void;
}

function OptionalInputs({ draft, claimsError, onChange }: OptionalInputsProps) {
  return (
    <>
      <TextInput
        label="Subject"
        description="Optional. The user id in the access tokens; without one the key gets a name of its own."
        value={draft.subject}
        onChange={(event) => onChange({ subject: event.currentTarget.value })}
      />
      <TextInput
        label="Label"
        description="Optional. What the key is for, as in “nightly report”"
        value={draft.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
      />
      <Textarea
        label="Claims"
        description="Optional. A JSON object that each access token carries"
        placeholder={'{ "role": "reporter" }'}
        autosize
        minRows={3}
        maxRows={12}
        spellCheck={false}
        value={draft.claims}
        error={claimsError}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        onChange={(event) => onChange({ claims: event.currentTarget.value })}
      />
    </>
  );
}
