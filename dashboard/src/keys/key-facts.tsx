import { Code, Group } from '@mantine/core';
import type { DeviceInfo, KeyRow } from '../api/types';
import { CopyButton } from '../common/copy-button';
import { Definitions } from '../common/definitions';
import { formatDuration } from '../common/format';
import { Instant } from '../common/instant';
import { UserText, visibleJson } from '../common/user-text';
import { KIND_NAMES, SubjectLink } from './columns';
import { Device } from './device';
import { KeyStatus } from './key-status';

export function KeyFacts({ row }: { row: KeyRow }) {
  return (
    <Definitions
      items={[
        ['Audience', <UserText>{row.audience}</UserText>],
        ['Lifetime', formatDuration(row.lifetime)],
        ['Expires At', <Instant at={row.expiresAt} />],
        ['Absolute end', <Instant at={row.endsAt} />],
        ['Created At', <Instant at={row.createdAt} />],
        ['Revoked At', <Instant at={row.revokedAt} none="not revoked" />],
        ['Last Used', <Instant at={row.lastUsed} />],
        ['Status', <KeyStatus row={row} />],
        ['Subject', <SubjectLink subject={row.subject} />],
        ['Kind', KIND_NAMES[row.kind]],
        ['Label', row.label ? <UserText>{row.label}</UserText> : 'none'],
        ['Generation', row.generation],
        ['Rotates', row.rotates ? 'yes: each use replaces the token' : 'no: the same token stays valid'],
        ['Content', <JsonBlock value={row.content} />],
        ['Token Hash', <Copyable value={row.tokenHash} what="token hash" />],
        ['JTI', <Copyable value={row.jti} what="JTI" />],
        ['Id', <Copyable value={row.id} what="id" />],
        ['Device Info', <DeviceFacts device={row.deviceInfo} />],
      ]}
    />
  );
}

const JsonBlock = ({ value }: { value: unknown }) => (
  <Code block dir="ltr" tabIndex={0} role="region" aria-label="Content as JSON">
    {visibleJson(value)}
  </Code>
);

const Copyable = ({ value, what }: { value: string; what: string }) => (
  <Group gap={4} wrap="nowrap" justify="space-between">
    <UserText mono>{value}</UserText>
    <CopyButton value={value} what={what} />
  </Group>
);

function DeviceFacts({ device }: { device: DeviceInfo | null }) {
  if (!device) return 'unknown';
  return (
    <>
      <Device device={device} />
      {device.userAgent && (
        <div>
          <UserText mono>{device.userAgent}</UserText>
        </div>
      )}
    </>
  );
}
