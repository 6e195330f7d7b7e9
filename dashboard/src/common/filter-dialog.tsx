import { Button, Group, Modal, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import classes from './filter-dialog.module.css';
import { looksLikeToken, type FilterField, type Filters } from './filter-fields';

interface FilterDialogProps {
  opened: boolean;
  fields: readonly FilterField[];
  filters: Filters;
  onClose: () => void;
  onApply: (filters: Filters) => void;
}

export function FilterDialog({ opened, onClose, ...form }: FilterDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Filters" size="lg">
      <FilterForm {...form} onClose={onClose} />
    </Modal>
  );
}

function FilterForm({ fields, filters, onClose, onApply }: Omit<FilterDialogProps, 'opened'>) {
  const [draft, setDraft] = useState(filters);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (fields.some((field) => problemOf(field, draft))) return;
    onClose();
    onApply(Object.fromEntries(Object.entries(draft).filter(([, value]) => value)));
  };
  return (
    <form onSubmit={submit}>
      {[fields.filter(({ kind }) => kind !== 'instant'), fields.filter(({ kind }) => kind === 'instant')].map((group, index) => (
        <div key={index} className={classes.fields}>
          {group.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              value={draft[field.name] ?? ''}
              error={problemOf(field, draft)}
              onChange={(value) => setDraft({ ...draft, [field.name]: value })}
            />
          ))}
        </div>
      ))}
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => setDraft({})}>
          Clear all
        </Button>
        <Button type="submit">Show results</Button>
      </Group>
    </form>
  );
}

const problemOf = ({ name }: FilterField, draft: Filters): string | undefined =>
  looksLikeToken(draft[name] ?? '') ? 'This looks like a token. Paste it into the search box: filters stand in the URL.' : undefined;

interface FieldInputProps {
  field: FilterField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function FieldInput({ field, value, error, onChange }: FieldInputProps) {
  if (field.kind === 'choice') {
    const data = [{ value: '', label: 'Any' }, ...(field.choices ?? []).map(([choice, label]) => ({ value: choice, label }))];
    return <NativeSelect label={field.label} data={data} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  }
  if (field.kind === 'instant') {
    return (
      <TextInput
        type="datetime-local"
        label={field.label}
        value={toInput(value)}
        onChange={(event) => onChange(fromInput(event.currentTarget.value))}
      />
    );
  }
  return <TextInput label={field.label} value={value} error={error} onChange={(event) => onChange(event.currentTarget.value.trim())} />;
}

/** `datetime-local` speaks local time without a zone; the API speaks UTC. */
function toInput(instant: string): string {
  const date = new Date(instant);
  if (!instant || Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const fromInput = (local: string): string => (local ? new Date(local).toISOString() : '');
