import { checkCampaign, type Course } from './checker/check-campaign';
import { checkHistory } from './checker/check-history';
import { countRecoveries } from './checker/check-recovery';
import { LeakSearch } from './checker/leaks';
import type { Violation } from './checker/rules';
import { createAccounts } from './clients/accounts';
import { Administrator } from './clients/administrator';
import { populate } from './clients/population';
import { epilogue } from './epilogue';
import { letStrike } from './faults/fault';
import { faultsFor } from './faults/plan';
import { watchOwnPulse } from './heartbeat';
import type { Plan } from './plan';
import { tellProgress } from './report/progress';
import { type CampaignReport, summarize } from './report/summary';
import type { DatabaseName } from './servers/database-server';
import { readDatabase } from './servers/read-content';
import { ABSOLUTE_LIFETIME_MS, BOUNDED_REVOCATION_MS, GRACE_SECONDS } from './settings';
import { Stage } from './stage';
import type { World } from './world';

const SESSIONS_PER_ACCOUNT = 3;
/** Rotations in a session's life, on average. */
const LENGTH = 30;

/** One campaign on one database, from an empty folder to the verdict. */
export async function runCampaign(name: DatabaseName, plan: Plan, stop: AbortSignal): Promise<CampaignReport> {
  const { stage, world } = await Stage.set(name, plan);
  const stopWatching = watchOwnPulse(world.clock, world.recorder);
  const stopTelling = tellProgress(name, world);
  stop.addEventListener('abort', () => world.clock.finish());
  try {
    await play(stage, world, plan);
    const seconds = Math.min(plan.seconds, world.clock.now() / 1000);
    await epilogue(world);
    await world.fleet.close();
    return await judge(name, stage, world, plan, seconds);
  } finally {
    stopWatching();
    stopTelling();
    await stage.clear(world);
  }
}

async function play({ database, databaseProxy, random }: Stage, world: World, { seconds, sessions, pace }: Plan): Promise<void> {
  const accounts = await createAccounts(database, Math.ceil(sessions / SESSIONS_PER_ACCOUNT));
  const administrator = await Administrator.signIn(world, random.fork('administrator'));
  const surroundings = { accounts, administrator, pace, length: LENGTH };
  const faults = letStrike(faultsFor(database, databaseProxy, seconds), world, random.fork('faults'));
  const population = populate(world, sessions, surroundings, random.fork('population'));
  const end = world.clock.rest(seconds * 1000).then(() => world.clock.finish());
  await Promise.all([faults, population, end]);
}

async function judge(name: DatabaseName, stage: Stage, world: World, plan: Plan, seconds: number): Promise<CampaignReport> {
  const { content, texts } = await readDatabase(stage.database.url);
  const limits = {
    grace: GRACE_SECONDS * 1000,
    revocationBound: plan.revocation === 'strict' ? 0 : BOUNDED_REVOCATION_MS,
    absoluteLifetime: ABSOLUTE_LIFETIME_MS,
    oneWriter: name === 'sqlite',
  };
  world.counts.droppedByProxy = world.fleet.nodes.reduce((sum, { proxy }) => sum + proxy.dropped, 0);
  const violations = [
    ...checkHistory(world.recorder, content, limits),
    ...findLeaks(world, { 'the logs': [stage.logs.join('')], 'the database': texts }),
    ...stage.crashes,
    ...checkCampaign(courseOf(stage, world, seconds)),
  ];
  return summarize({ name, facts: await stage.database.facts(), world, limits, violations });
}

function courseOf({ database, databaseProxy }: Stage, { counts, recorder }: World, seconds: number): Course {
  const recoveries = countRecoveries(recorder);
  return { seconds: Math.round(seconds), canKillDatabase: database.faults !== null, canCut: databaseProxy !== null, counts, recoveries };
}

function findLeaks({ sample }: World, places: Record<string, readonly string[]>): Violation[] {
  const search = new LeakSearch(sample.tokens);
  return Object.entries(places)
    .filter(([, texts]) => texts.some((text) => search.find(text)))
    .map(([place]) => ({ rule: 'leak', family: null, message: `a part of a token is in ${place}` }));
}
