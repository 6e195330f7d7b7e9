import { noCounts } from '../world';
import { checkCampaign, type Course } from './check-campaign';

const counts = { ...noCounts(), appKills: 1, databaseKills: 1, thefts: 1, droppedByProxy: 1, connectionsCut: 1 };
const course: Course = { seconds: 60, canKillDatabase: true, canCut: true, counts, recoveries: 1 };
const rulesOf = (changes: Partial<Course>) => [...checkCampaign({ ...course, ...changes })].map(({ rule, message }) => `${rule}, ${message}`);

describe('a campaign of a minute', () => {
  it('with everything that it promises is one', () => expect(rulesOf({})).toEqual([]));

  it.each([
    ['process of the app was killed', { counts: { ...counts, appKills: 0 } }],
    ['database was killed', { counts: { ...counts, databaseKills: 0 } }],
    ['theft was noticed', { counts: { ...counts, thefts: 0, theftsTried: 9 } }],
    ['answer was dropped', { counts: { ...counts, droppedByProxy: 0 } }],
    ['connection to the database was cut', { counts: { ...counts, connectionsCut: 0 } }],
    ['session was refreshed after an outage', { recoveries: 0 }],
  ])('in which no %s fails', (what, changes) => {
    expect(rulesOf(changes)).toEqual([`no-chaos, in 60 s: no ${what}`]);
  });

  it('needs no kill of a database that can not be killed', () => {
    const file = { canKillDatabase: false, canCut: false, recoveries: 0, counts: { ...counts, databaseKills: 0, connectionsCut: 0 } };
    expect(rulesOf(file)).toEqual([]);
  });

  it('is not one of a second', () => expect(rulesOf({ seconds: 1, counts: noCounts() })).toEqual([]));
});
