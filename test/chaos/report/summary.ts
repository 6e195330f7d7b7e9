import { isTimed } from '../checker/check-calls';
import { FamilyCase } from '../checker/family-case';
import { waitedTooLong } from '../checker/check-refusals';
import { isRobbed } from '../checker/deaths';
import type { Rule, Violation } from '../checker/rules';
import { ServerClock } from '../checker/server-clock';
import type { Limits } from '../checker/timeline';
import type { ClockJump, FamilyHistory } from '../history/records';
import type { DatabaseFacts, DatabaseName } from '../servers/database-server';
import { CLOCK_SKEW_MS } from '../settings';
import type { Counts, World } from '../world';
import { describeFamily } from './describe-family';

const MOST_EXAMPLES = 20;

/** What a campaign did and found. */
export interface CampaignReport extends DatabaseFacts {
  readonly database: DatabaseName;
  readonly seconds: number;
  readonly counts: Counts & HistoryCounts;
  readonly jumps: readonly ClockJump[];
  readonly violations: number;
  readonly byRule: Partial<Record<Rule, number>>;
  /** The first of them, each with its family's history. */
  readonly examples: readonly (Violation & { history: string[] })[];
}

interface HistoryCounts {
  readonly families: number;
  readonly requests: number;
  readonly rotations: number;
  /** Answers that gave a successor again. */
  readonly retries: number;
  readonly unavailable: number;
  readonly lost: number;
  readonly slowestMs: number;
  /** Sessions that ended because an outage was longer than the grace period. */
  readonly outwaited: number;
}

export interface Findings {
  readonly name: DatabaseName;
  readonly facts: DatabaseFacts;
  readonly world: World;
  readonly limits: Limits;
  readonly violations: readonly Violation[];
}

export function summarize({ name, facts, world, limits, violations }: Findings): CampaignReport {
  const families = new Map(world.recorder.families.map((family) => [family.id, family]));
  world.counts.droppedByProxy = world.fleet.nodes.reduce((sum, { proxy }) => sum + proxy.dropped, 0);
  return {
    database: name,
    ...facts,
    seconds: Math.round(world.clock.now() / 1000),
    counts: { ...world.counts, ...countHistory(world, limits) },
    jumps: world.recorder.jumps,
    violations: violations.length,
    byRule: countRules(violations),
    examples: violations
      .slice(0, MOST_EXAMPLES)
      .map((violation) => ({ ...violation, history: describeFamily(families.get(violation.family ?? '')) })),
  };
}

function countHistory({ recorder }: World, limits: Limits): HistoryCounts {
  const { families } = recorder;
  const clock = new ServerClock(recorder.epoch, recorder.jumps, CLOCK_SKEW_MS);
  const calls = families.flatMap(({ login, refreshes, uses, revocations }) => [login, ...refreshes, ...uses, ...revocations]);
  const granted = sum(families, ({ refreshes }) => refreshes.filter(({ grant }) => grant).length);
  const rotations = sum(families, newest);
  return {
    families: families.length,
    requests: calls.length,
    rotations,
    retries: granted - rotations,
    unavailable: calls.filter(({ answer }) => answer === 'unavailable').length,
    lost: calls.filter(({ answer }) => answer === 'lost').length,
    slowestMs: calls.filter((call) => isTimed(recorder, call)).reduce((slowest, { sent, ended }) => Math.max(slowest, ended - sent), 0),
    outwaited: families.filter((family) => isOutwaited(new FamilyCase(family, null, clock, limits))).length,
  };
}

function isOutwaited(subject: FamilyCase): boolean {
  const { family, deaths } = subject;
  return !isRobbed(family) && deaths.certainFrom < deaths.revocableFrom && waitedTooLong(subject);
}

function countRules(violations: readonly Violation[]): Partial<Record<Rule, number>> {
  const counts: Partial<Record<Rule, number>> = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

function newest({ refreshes }: FamilyHistory): number {
  return refreshes.reduce((generation, { grant }) => Math.max(generation, grant?.generation ?? 0), 0);
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
