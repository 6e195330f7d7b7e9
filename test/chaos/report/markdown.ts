import { ENDINGS } from '../clients/endings';
import type { Plan } from '../plan';
import { PLOTS } from '../thief/plots';
import type { CampaignReport } from './summary';

type Line = readonly [what: string, read: (report: CampaignReport) => string | number];

const LINES: readonly Line[] = [
  ['version', ({ version }) => version],
  ['durability', ({ durability }) => Object.entries(durability).map(([name, value]) => `${name}=${value}`).join(', ')], // prettier-ignore
  ['minutes', ({ seconds }) => (seconds / 60).toFixed(1)],
  ['sessions and keys', ({ counts }) => counts.families],
  ['rotations', ({ counts }) => counts.rotations],
  ['retries that got the same successor', ({ counts }) => counts.retries],
  ['rounds of simultaneous refreshes', ({ counts }) => counts.simultaneous],
  ['access tokens tried', ({ counts }) => counts.accessChecks],
  ['app processes killed', ({ counts }) => counts.appKills],
  ['app processes stopped for a while', ({ counts }) => counts.appPauses],
  ['databases killed', ({ counts }) => counts.databaseKills],
  ['read-only phases', ({ counts }) => counts.readOnlyPhases],
  ['connections to the database cut', ({ counts }) => counts.connectionsCut],
  ['of them, at a rotation', ({ counts }) => counts.cuts.rotation ?? 0],
  ['answers dropped by client / proxy', ({ counts }) => `${number(counts.droppedByClient)} / ${number(counts.droppedByProxy)}`],
  ['clock jumps', ({ counts }) => counts.clockJumps],
  ['thefts tried / noticed', ({ counts }) => `${number(counts.theftsTried)} / ${number(counts.thefts)}`],
  ['plots and endings that did not happen', ({ counts }) => missing(counts).join(', ') || 0],
  ['logouts', ({ counts }) => counts.logouts],
  ['revocations by an administrator', ({ counts }) => counts.adminRevocations],
  ['sessions left to their idle end', ({ counts }) => counts.expirations],
  ['answers 5xx / none at all', ({ counts }) => `${number(counts.unavailable)} / ${number(counts.lost)}`],
  ['slowest answer, ms', ({ counts }) => counts.slowestMs],
  ['refreshes after an outage, in time', ({ counts }) => counts.recoveries],
  ['troubles, and their seconds: processes killed', ({ troubles }) => sumUp(troubles.killed)],
  ['… processes stopped', ({ troubles }) => sumUp(troubles.paused)],
  ['… outages of the database', ({ troubles }) => sumUp(troubles.database)],
  ['… connections cut', ({ troubles }) => sumUp(troubles.cut)],
  ['… the machine had too much to do', ({ troubles }) => sumUp(troubles.stutter)],
  [
    'excused for them: 5xx / missing answers / slow ones',
    ({ excused }) => [excused.unavailable, excused.missing, excused.slow].map(number).join(' / '),
  ],
  ['sessions lost to an outage longer than the grace period', ({ excused }) => excused.outwaited],
  ['**violations**', ({ violations }) => violations],
];

/** The report for people. */
export function markdown(plan: Plan, reports: readonly CampaignReport[]): string {
  const head = ['', ...reports.map(({ database }) => database)];
  const table = [
    row(head),
    row(head.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...LINES.map(([what, read]) => row([what, ...reports.map((report) => number(read(report)))])),
  ];
  const { seed, nodes, sessions, pace } = plan;
  const setup = `Seed ${seed}, ${nodes} processes of the app, ${sessions} sessions at a time, a refresh each ${pace} ms, Node ${process.version}.`;
  return [setup, '', ...table, ...reports.flatMap((report) => violationsOf(plan, report)), ''].join('\n');
}

function violationsOf({ seed }: Plan, { database, examples }: CampaignReport): string[] {
  return examples.flatMap(({ rule, family, message, history }) => [
    ...['', `### ${rule} on ${database}, seed ${seed}`, '', `${family ?? 'no family'}: ${message}`],
    ...(history.length > 0 ? ['', '```', ...history, '```'] : []),
  ]);
}

function missing({ plots, endings }: CampaignReport['counts']): string[] {
  return [...Object.keys(PLOTS).filter((plot) => !plots[plot]), ...Object.keys(ENDINGS).filter((ending) => !endings[ending])];
}

function sumUp({ count, seconds }: { count: number; seconds: number }): string {
  return `${number(count)}, ${number(Math.round(seconds))} s`;
}

function number(value: string | number): string {
  return typeof value === 'number' ? value.toLocaleString('en') : value;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
