import { Button } from '@mantine/core';
import { IconWifiOff } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { online, reachable } from '../common/connection';
import classes from './connection-bar.module.css';

export function ConnectionBar() {
  const queryClient = useQueryClient();
  const isOnline = online.use();
  const isReachable = reachable.use();
  if (isOnline && isReachable) return null;
  return (
    <div role="status" className={classes.bar}>
      <IconWifiOff size={18} aria-hidden />
      <span>{isOnline ? 'The server is not available right now.' : 'You are offline.'} What you see may be out of date; you stay signed in.</span>
      <Button size="compact-sm" variant="default" onClick={() => void queryClient.refetchQueries({ type: 'active' })}>
        Refresh
      </Button>
    </div>
  );
}
