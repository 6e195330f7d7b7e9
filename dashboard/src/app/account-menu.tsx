import { Button, Popover, Stack, UnstyledButton } from '@mantine/core';
import { IconKey, IconLogout, IconUser } from '@tabler/icons-react';
import { useState } from 'react';
import { UserText } from '../common/user-text';
import { session } from '../session/session';
import { useSettings } from '../settings/use-settings';
import classes from './shell.module.css';

export function AccountMenu() {
  const { me } = useSettings();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.account} aria-label={`Account: ${me.subject}`} onClick={() => setOpened(!opened)}>
          <IconUser size={18} aria-hidden />
          <span className={classes.accountName}>
            <UserText truncate>{me.subject}</UserText>
          </span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label="Account" p={6}>
        <Stack gap={2}>
          <Button
            component="a"
            href={`#/keys/${me.sessionId}`}
            variant="subtle"
            color="gray"
            justify="start"
            leftSection={<IconKey size={16} aria-hidden />}
            onClick={() => setOpened(false)}
          >
            This session
          </Button>
          <Button
            variant="subtle"
            color="gray"
            justify="start"
            leftSection={<IconLogout size={16} aria-hidden />}
            onClick={() => void session.signOut()}
          >
            Sign out
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
