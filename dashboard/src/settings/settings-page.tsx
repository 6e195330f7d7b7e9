import { Paper, Title } from '@mantine/core';
import type { Settings } from '../api/types';
import { Definitions, type Definition } from '../common/definitions';
import { formatDuration, formatNumber } from '../common/format';
import { PageHeader } from '../common/page-header';
import { UserText } from '../common/user-text';
import { secretDefinitions } from './secret-definitions';
import classes from './settings-page.module.css';
import { useSettings } from './use-settings';

type Group = readonly [title: string, items: readonly Definition[]];

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

export function SettingsPage() {
  const settings = useSettings();
  return (
    <>
      <PageHeader title="Settings" documentTitle="Settings" />
      <p className={classes.note}>
        What the server runs with. It is set in the application’s code and cannot be changed here. Secrets are never shown.
      </p>
      <div className={classes.groups}>
        {groupsOf(settings).map(([title, items]) => (
          <Paper key={title} withBorder className={classes.group} component="section" aria-label={title}>
            <Title order={2} size="h5" mb="xs">
              {title}
            </Title>
            <Definitions items={items} />
          </Paper>
        ))}
      </div>
    </>
  );
}

function groupsOf(settings: Settings): Group[] {
  const { accessToken, refreshToken, secrets, revocation, audit, prune, table, me } = settings;
  return [
    ['Refresh tokens', refreshTokenItems(refreshToken, settings)],
    ['Access tokens', accessTokenItems(accessToken, settings)],
    ['Signing keys of access tokens', secretDefinitions(accessToken.keys)],
    ['Secrets of refresh tokens', secretDefinitions(secrets)],
    ['Revocation', revocationItems(revocation)],
    [
      'Audit log',
      [
        ['Recorded', yesNo(audit.enabled)],
        ['Queue limit', formatNumber(audit.queueLimit)],
        ['Rotations kept for', audit.rotationsFor ? formatDuration(audit.rotationsFor) : 'not kept'],
        ['Other events kept for', formatDuration(audit.eventsFor)],
      ],
    ],
    [
      'Storage',
      [
        ['Table', <UserText mono>{table.name}</UserText>],
        ['Events table', <UserText mono>{table.eventsName}</UserText>],
        ['Pruning', pruning(prune)],
      ],
    ],
    [
      'Administration',
      [
        ['Read-only', yesNo(settings.readOnly)],
        ['Fresh login', settings.freshFor === null ? 'not required' : `changes need a login within ${formatDuration(settings.freshFor)}`],
        ['Rows in one export', `at most ${formatNumber(settings.exportLimit)}`],
        ['You', <UserText>{me.subject}</UserText>],
      ],
    ],
  ];
}

const pruning = ({ enabled, every, keepFor }: Settings['prune']): string =>
  enabled ? `every ${formatDuration(every)}, ${formatDuration(keepFor)} after the end` : 'not scheduled: old rows stay until someone prunes';

const revocationItems = ({ check, superseded, pollInterval, feed }: Settings['revocation']): Definition[] => [
  ['Check', `${check}: ${CHECKS[check] ?? 'see the documentation'}`],
  ['Older access tokens of a session', superseded === 'reject' ? 'end with its next refresh' : 'live on until they expire'],
  ['Looks for revocations', `every ${formatDuration(pollInterval)}`],
  ['Last look', feed.lagMs === null ? 'not yet' : `${formatNumber(feed.lagMs)} ms ago${feed.fresh ? '' : ': too old, sessions are read instead'}`],
  ['Revoked families in memory', formatNumber(feed.families)],
];

const CHECKS: Record<string, string> = {
  strict: 'a revoked session’s access tokens stop at once',
  bounded: 'a revoked session’s access tokens stop within about a second',
  stateless: 'access tokens work until they expire',
};

const refreshTokenItems = (
  { lifetime, maxLifetime, graceSeconds, retryUntilConfirmed, format }: Settings['refreshToken'],
  settings: Settings,
): Definition[] => [
  ['Lifetime', `${formatDuration(lifetime)} without use`],
  ['Longest lifetime', formatDuration(maxLifetime)],
  ['Grace period', graceSeconds ? `${formatDuration(graceSeconds)} for a retry after a rotation` : 'none: strict'],
  ['Retry until confirmed', retryUntilConfirmed ? `for ${formatDuration(retryUntilConfirmed)}` : 'no'],
  ['Format', format],
  ['Sessions per subject', settings.maxSessionsPerSubject === null ? 'no limit' : `at most ${formatNumber(settings.maxSessionsPerSubject)}`],
];

const accessTokenItems = ({ lifetime, notBeforeLeeway, clockTolerance }: Settings['accessToken'], settings: Settings): Definition[] => [
  ['Issuer', <UserText>{settings.issuer}</UserText>],
  ['Audiences', <UserText>{settings.audiences.join(', ') || 'none'}</UserText>],
  ['Lifetime', formatDuration(lifetime)],
  ['Valid before issue', formatDuration(notBeforeLeeway)],
  ['Clock tolerance', formatDuration(clockTolerance)],
  ['On refresh', describeOnRefresh(settings.accessTokenOnRefresh)],
];

const describeOnRefresh = (value: string | boolean): string => (typeof value === 'boolean' ? yesNo(value) : value);
