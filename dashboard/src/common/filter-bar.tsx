import { Button, VisuallyHidden } from '@mantine/core';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './filter-bar.module.css';
import { FilterDialog } from './filter-dialog';
import type { FilterField, Filters } from './filter-fields';
import { formatLocal } from './format';
import { UserText } from './user-text';

interface FilterBarProps {
  fields: readonly FilterField[];
  filters: Filters;
  onChange: (filters: Filters) => void;
}

/** The filters in force, each removable, and the way to more of them. */
export function FilterBar({ fields, filters, onChange }: FilterBarProps) {
  const [open, setOpen] = useState(false);
  const active = fields.filter(({ name }) => filters[name]);
  const remove = (name: string) => onChange(Object.fromEntries(Object.entries(filters).filter(([other]) => other !== name)));
  return (
    <>
      <Button variant="default" leftSection={<IconFilter size={16} aria-hidden />} onClick={() => setOpen(true)}>
        Filters
      </Button>
      {active.length > 0 && (
        <ul className={classes.chips} aria-label="Filters in force">
          {active.map((field) => (
            <li key={field.name}>
              <button type="button" className={classes.chip} onClick={() => remove(field.name)}>
                <span>
                  <VisuallyHidden>Remove filter </VisuallyHidden>
                  {field.label}: <UserText>{describe(field, filters[field.name] ?? '')}</UserText>
                </span>
                <IconX size={14} aria-hidden />
              </button>
            </li>
          ))}
          <li>
            <Button variant="subtle" size="compact-sm" color="gray" onClick={() => onChange({})}>
              Clear all
            </Button>
          </li>
        </ul>
      )}
      <FilterDialog opened={open} fields={fields} filters={filters} onClose={() => setOpen(false)} onApply={onChange} />
    </>
  );
}

function describe({ kind, choices }: FilterField, value: string): string {
  if (kind === 'instant') return Number.isNaN(Date.parse(value)) ? value : formatLocal(value);
  return choices?.find(([choice]) => choice === value)?.[1] ?? value;
}
