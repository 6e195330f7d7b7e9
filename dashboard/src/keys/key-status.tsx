import { IconAlertTriangle, IconBan, IconCircleCheck, IconClockX } from '@tabler/icons-react';
import type { KeyRow } from '../api/types';
import { StatusBadge } from '../common/tone-badge';
import { UserText } from '../common/user-text';
import { isReuse, reasonInWords } from './reasons';

export function KeyStatus({ row }: { row: KeyRow }) {
  if (row.status === 'active') {
    return (
      <StatusBadge tone="good" Icon={IconCircleCheck}>
        Active
      </StatusBadge>
    );
  }
  if (row.status === 'expired') {
    return (
      <StatusBadge tone="quiet" Icon={IconClockX}>
        Expired
      </StatusBadge>
    );
  }
  const reused = isReuse(row.revokedReason);
  return (
    <StatusBadge tone={reused ? 'bad' : 'warn'} Icon={reused ? IconAlertTriangle : IconBan}>
      Revoked
      {row.revokedReason && (
        <>
          : <UserText>{shorten(reasonInWords(row.revokedReason))}</UserText>
        </>
      )}
    </StatusBadge>
  );
}

const SHOWN_LENGTH = 40;

const shorten = (text: string): string => (text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text);
