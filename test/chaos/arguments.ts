import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import type { Plan } from './plan';
import type { DatabaseName } from './servers/database-server';
import { DATABASES } from './servers/servers';

export const USAGE = `npm run chaos -- [--minutes 90 | --seconds 60] [--databases mysql,mariadb,postgres,sqlite] [--seed N]
  --minutes N       for all databases together
  --seconds N       for each database
  --databases LIST  which ones, one after the other
  --seed N          the decisions of an earlier campaign
  --nodes N         processes of the app (3)
  --sessions N      sessions at a time (240)
  --pace N          milliseconds between two refreshes of a session, on average (600)
  --revocation M    the demo's REVOCATION: its own default, or strict
  --report FOLDER   where chaos.json and chaos.md go (chaos-report)`;

/** @throws TypeError for an argument that makes no sense */
export function readArguments(given: readonly string[]): Plan {
  const names = ['minutes', 'seconds', 'databases', 'seed', 'nodes', 'sessions', 'pace', 'revocation', 'report'] as const;
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' }])) as Record<(typeof names)[number], { type: 'string' }>;
  const { values } = parseArgs({ args: [...given], options });
  const databases = readDatabases(values.databases ?? Object.keys(DATABASES).join(','));
  const seconds =
    values.minutes === undefined ? positive('seconds', values.seconds, 60) : (positive('minutes', values.minutes, 0) * 60) / databases.length;
  return {
    seed: values.seed ?? String(randomInt(2 ** 32)),
    seconds,
    databases,
    nodes: positive('nodes', values.nodes, 3),
    sessions: positive('sessions', values.sessions, 240),
    pace: positive('pace', values.pace, 600),
    revocation: values.revocation ?? null,
    folder: values.report ?? 'chaos-report',
  };
}

function positive(name: string, text: string | undefined, otherwise: number): number {
  const number = text === undefined ? otherwise : Number(text);
  if (!(number > 0)) throw new TypeError(`--${name} must be a number above 0, not ${text}`);
  return number;
}

function readDatabases(list: string): DatabaseName[] {
  return list.split(',').map((name) => {
    if (!(name in DATABASES)) throw new TypeError(`--databases: there is no ${name}`);
    return name as DatabaseName;
  });
}
