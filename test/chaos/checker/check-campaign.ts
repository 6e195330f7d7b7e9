import type { Counts } from '../world';
import type { Violation } from './rules';

const LONG_ENOUGH_SECONDS = 60;

/** What a campaign was like. */
export interface Course {
  /** How long it went on, without its epilogue. */
  readonly seconds: number;
  /** Whether its database can be killed, and its connections be cut. */
  readonly canKillDatabase: boolean;
  readonly canCut: boolean;
  readonly counts: Counts;
  /** How often a family was refreshed again after an outage of the database, in time. */
  readonly recoveries: number;
}

/** A campaign of a minute or more in which nothing went wrong proves nothing. */
export function* checkCampaign(course: Course): Iterable<Violation> {
  if (course.seconds < LONG_ENOUGH_SECONDS) return;
  for (const [what, count] of Object.entries(promised(course))) {
    if (count === 0) yield { rule: 'no-chaos', family: null, message: `in ${course.seconds} s: no ${what}` };
  }
}

function promised({ counts, recoveries, canKillDatabase, canCut }: Course): Record<string, number> {
  return {
    'process of the app was killed': counts.appKills,
    'theft was noticed': counts.thefts,
    'answer was dropped': counts.droppedByClient + counts.droppedByProxy,
    ...(canKillDatabase && { 'database was killed': counts.databaseKills, 'session was refreshed after an outage': recoveries }),
    ...(canCut && { 'connection to the database was cut': counts.connectionsCut }),
  };
}
