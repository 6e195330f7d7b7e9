import { Group, Input, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { LIFETIMES, UNITS, type KeyDraft, type Unit } from './new-key-draft';

interface LifetimeInputProps {
  draft: KeyDraft;
  error: string | undefined;
  onChange: (part: Partial<KeyDraft>) => void;
}

export function LifetimeInput({ draft, error, onChange }: LifetimeInputProps) {
  const presets = LIFETIMES.map(([seconds, label]) => ({ value: String(seconds), label }));
  return (
    <Input.Wrapper label="Lifetime" description="How long the token works; nothing moves its end" labelElement="div">
      <SegmentedControl
        fullWidth
        mt={4}
        aria-label="Lifetime"
        styles={{ label: { paddingInline: 4 } }}
        data={[...presets, { value: 'custom', label: 'Custom' }]}
        value={draft.preset}
        onChange={(preset) => onChange({ preset })}
      />
      {draft.preset === 'custom' && (
        <Group gap="xs" mt="xs" align="flex-start" wrap="nowrap">
          <TextInput
            aria-label="Lifetime, number"
            inputMode="numeric"
            value={draft.amount}
            error={error}
            onChange={(event) => onChange({ amount: event.currentTarget.value })}
          />
          <NativeSelect
            aria-label="Lifetime, unit"
            data={Object.keys(UNITS)}
            value={draft.unit}
            onChange={(event) => onChange({ unit: event.currentTarget.value as Unit })}
          />
        </Group>
      )}
    </Input.Wrapper>
  );
}
