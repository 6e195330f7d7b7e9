import { countRecoveries } from '../checker/check-recovery';
import { Circumstances, type Limits } from '../checker/circumstances';
import type { Rule, Violation } from '../checker/rules';
import { callsOf, type ClockJump, type FamilyHistory, type Trouble } from '../history/records';
import type { DatabaseFacts, DatabaseName } from '../servers/database-server';
import type { Counts, World } from '../world';
import { describeFamily } from './describe-family';
import { countExcused, countTroubles, type Excused, slowestAnswer, type TroublesByKind } from './excused';

const MOST_EXAMPLES = 20;

/** What a campaign did and found. */
export interface CampaignReport extends DatabaseFacts {
  readonly database: DatabaseName;
  readonly seconds: number;
  readonly counts: Counts & HistoryCounts;
  readonly troubles: TroublesByKind;
  readonly excused: Excused;
  readonly jumps: readonly ClockJump[];
  /** Each trouble with its time. */
  readonly timeline: readonly Trouble[];
  readonly violations: number;
  readonly byRule: Partial<Record<Rule, number>>;
  /** Each violation in a line. */
  readonly messages: readonly string[];
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
  /** How often a family was refreshed again after an outage, in time. */
  readonly recoveries: number;
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
  const circumstances = new Circumstances(world.recorder, limits);
  return {
    database: name,
    ...facts,
    seconds: Math.round(world.clock.now() / 1000),
    counts: { ...world.counts, ...countHistory(world, circumstances) },
    troubles: countTroubles(world.recorder),
    excused: countExcused(world.recorder, circumstances),
    jumps: world.recorder.jumps,
    timeline: world.recorder.troubles,
    violations: violations.length,
    byRule: countRules(violations),
    messages: violations.map(({ rule, message }) => `${rule}: ${message}`),
    examples: violations
      .slice(0, MOST_EXAMPLES)
      .map((violation) => ({ ...violation, history: describeFamily(families.get(violation.family ?? '')) })),
  };
}

function countHistory({ recorder }: World, circumstances: Circumstances): HistoryCounts {
  const { families } = recorder;
  const calls = families.flatMap(callsOf);
  const granted = sum(families, ({ refreshes }) => refreshes.filter(({ grant }) => grant).length);
  const rotations = sum(families, newest);
  return {
    families: families.length,
    requests: calls.length,
    rotations,
    retries: granted - rotations,
    unavailable: calls.filter(({ answer }) => answer === 'unavailable').length,
    lost: calls.filter(({ answer }) => answer === 'lost').length,
    slowestMs: slowestAnswer(families, circumstances),
    recoveries: countRecoveries(recorder),
  };
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
