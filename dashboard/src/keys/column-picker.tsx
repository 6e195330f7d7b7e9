import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import { IconColumns3 } from '@tabler/icons-react';
import { COLUMNS } from './columns';

interface ColumnPickerProps {
  hidden: string[];
  onToggle: (name: string) => void;
}

export function ColumnPicker({ hidden, onToggle }: ColumnPickerProps) {
  return (
    <Popover position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap="xs">
          {COLUMNS.map(({ name, label }) => (
            <Checkbox key={name} label={label} checked={!hidden.includes(name)} onChange={() => onToggle(name)} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
