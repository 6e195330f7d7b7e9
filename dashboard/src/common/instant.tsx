import { formatExact, formatRelative } from './format';
import { useNow } from './now';

interface InstantProps {
  at: string | null;
  /** Said when there is no instant. */
  none?: string;
}

/** "5 min ago"; the exact time stands in the shared tooltip, for pointer and keyboard. */
export function Instant({ at, none = 'never' }: InstantProps) {
  // The tick says when to look again; the clock, what time it is then.
  useNow();
  if (at === null) return <span>{none}</span>;
  return (
    <time dateTime={at} data-exact={formatExact(at)} tabIndex={0}>
      {formatRelative(at, Date.now())}
    </time>
  );
}
