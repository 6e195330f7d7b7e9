import { ActionIcon, Group } from '@mantine/core';
import { IconChartLine, IconHelp, IconHistory, IconKey, IconLock, IconSettings } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { StatusBadge } from '../common/tone-badge';
import { useSettings } from '../settings/use-settings';
import { AccountMenu } from './account-menu';
import { ColorSchemeToggle } from './color-scheme-toggle';
import { ConnectionBar } from './connection-bar';
import { HelpDialog } from './help-dialog';
import iconUrl from './icon.svg';
import { useRoute } from './router';
import classes from './shell.module.css';
import { useShortcuts } from './use-shortcuts';

const LINKS = [
  { page: '', label: 'Overview', Icon: IconChartLine },
  { page: 'keys', label: 'Refresh keys', Icon: IconKey },
  { page: 'audit', label: 'Audit', Icon: IconHistory },
  { page: 'settings', label: 'Settings', Icon: IconSettings },
];

export function Shell({ children }: { children: ReactNode }) {
  const [helpOpen, setHelpOpen] = useState(false);
  useShortcuts({ openHelp: () => setHelpOpen(true) });
  const skip = () => document.querySelector<HTMLElement>('main h1')?.focus();
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={skip}>
        Skip to content
      </button>
      <header className={classes.header}>
        <div className={classes.bar}>
          <img src={iconUrl} alt="" width={28} height={28} />
          <Navigation />
          <Tools openHelp={() => setHelpOpen(true)} />
        </div>
      </header>
      <ConnectionBar />
      <main className={classes.main}>{children}</main>
      <HelpDialog opened={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}

function Navigation() {
  const { path } = useRoute();
  const current = path[0] === 'subjects' ? 'keys' : (path[0] ?? '');
  return (
    <nav aria-label="Main" className={classes.nav}>
      {LINKS.map(({ page, label, Icon }) => (
        <a key={page} href={`#/${page}`} className={classes.link} aria-current={page === current ? 'page' : undefined}>
          <Icon size={17} aria-hidden className={classes.icon} />
          {label}
        </a>
      ))}
    </nav>
  );
}

function Tools({ openHelp }: { openHelp: () => void }) {
  const { readOnly } = useSettings();
  return (
    <Group gap={4} wrap="nowrap" className={classes.tools}>
      {readOnly && (
        <StatusBadge tone="quiet" Icon={IconLock}>
          read-only
        </StatusBadge>
      )}
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Help" aria-keyshortcuts="?" onClick={openHelp}>
        <IconHelp size={20} aria-hidden />
      </ActionIcon>
      <ColorSchemeToggle />
      <AccountMenu />
    </Group>
  );
}
