import { ActionIcon, Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import { announce } from './announcements';
import { copyText } from './copy-text';

interface CopyButtonProps {
  value: string;
  /** What is copied, for the button's name: "Copy JTI". */
  what: string;
  full?: boolean;
}

export function CopyButton({ value, what, full = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(value);
    announce(done ? `Copied ${what}.` : `Could not copy ${what}: select and copy it by hand.`, { quiet: done });
    if (!done) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  const icon = copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />;
  if (full) {
    return (
      <Button variant="default" leftSection={icon} onClick={() => void copy()}>
        {copied ? 'Copied' : `Copy ${what}`}
      </Button>
    );
  }
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={`Copy ${what}`} onClick={() => void copy()}>
      {icon}
    </ActionIcon>
  );
}
