import { databaseKinds, type ScratchDatabase } from '../support/databases';
import type { HttpClient } from '../support/http';
import { type Attempt, refresh } from './flows';
import { expectOneReuseEach, expectOneTurningPoint, type Interruption, judge, type Point, type Standing, standingsOf } from './judge';
import { DemoWithPoints, type Outcome, type VictimProcess } from './victim-process';
import { Witness } from './witness';

const { CRASH_RUNS = '1', CRASH_DATABASES = 'sqlite' } = process.env;
const RUNS = Number(CRASH_RUNS);
const sqlite = CRASH_DATABASES.split(',').includes('sqlite') ? databaseKinds.find(({ name }) => name === 'sqlite') : undefined;

/** Refreshes of so many sessions come at once. */
const TOGETHER = 8;
/** Demos of one process, each with a database of its own. */
const DEMOS = 36;
/** The last await before a rotation is handed over to be committed. */
const MEETING = /^before rotation\.service advance: .*store\.rotate/;
const COMMIT = /^(before|after) shared-commit commitTogether: /;
/** After these statements a process stops as a whole, so that each takes a process of its own. */
const STATEMENTS = ['SQLite BEGIN', 'SQLite UPDATE', `SQLite UPDATE (${TOGETHER})`, 'SQLite COMMIT'];

interface Way {
  readonly meetAt: string;
  readonly points: Point[];
}

/** Sessions that are refreshed together, with a point for the first of them. */
interface Group {
  readonly point: Point;
  readonly demo: number;
  readonly attempts: readonly Attempt[];
}

const pointNamed = (name: string, place: number): Point => ({ flow: refresh, name, place, keepsConnection: false });

/** One database only has SQLite's commits to share. */
(sqlite ? describe : describe.skip)('rotations that share a commit on SQLite', () => {
  let build: DemoWithPoints;
  let scratches: ScratchDatabase[];
  let urls: string[];
  let witnesses: Witness[];
  /** What the last process left, by demo. */
  let unsettled: Interruption[][] = [];

  beforeAll(async () => {
    build = new DemoWithPoints();
    scratches = await Promise.all(Array.from({ length: DEMOS }, () => sqlite!.create()));
    urls = scratches.map(({ url }) => url);
  });
  afterAll(async () => {
    await Promise.all(witnesses.map((witness) => witness.leave()));
    await Promise.all(scratches.map((scratch) => scratch.drop()));
    build.remove();
  });

  const prepare = (http: HttpClient): Promise<Attempt[]> => Promise.all(Array.from({ length: TOGETHER }, () => refresh.prepare(http)));
  const requestsOf = (attempts: readonly Attempt[]) => attempts.map(({ request }) => request);

  /** The way of the first of them, undisturbed; the commit is on nobody else's. */
  async function findWay(): Promise<Way> {
    const victim = await build.start(urls);
    const [alone, ...together] = await prepare(victim.demos[0]!);
    const meetAt = passedBy(await victim.send(0, alone!.request)).find((name) => MEETING.test(name))!;
    const ways = (await victim.sendTogether(0, requestsOf(together), meetAt)).map((outcome) => sincePassing(meetAt, passedBy(outcome)));
    await victim.kill();
    witnesses = await Promise.all(urls.map((url) => Witness.of(url)));
    expect(ways.map((way) => way.filter((name) => COMMIT.test(name)).length)).toEqual(ways.map((_, i) => (i === 0 ? 2 : 0)));
    return { meetAt, points: ways[0]!.map(pointNamed) };
  }

  /** Brings each group as far as it may come, kills the process, and looks what has become of them. */
  async function liveAndDie({ meetAt }: Way, points: readonly Point[]): Promise<{ standings: Standing[]; answered: number }> {
    const victim = await build.start(urls.slice(0, Math.max(points.length, unsettled.length)));
    await repeatAll(victim);
    const groups = await Promise.all(points.map(async (point, demo) => ({ point, demo, attempts: await prepare(victim.demos[demo]!) })));
    const before = await Promise.all(groups.map(({ demo }) => witnesses[demo]!.look()));
    const outcomes = await Promise.all(
      groups.map(({ point, demo, attempts }) => victim.sendTogether(demo, requestsOf(attempts), meetAt, point.name)),
    );
    await victim.kill();
    unsettled = groups.map((group) => interruptionsOf(group, outcomes[group.demo]!));
    const after = await Promise.all(groups.map(({ demo }) => witnesses[demo]!.look()));
    unsettled.forEach((interruptions, demo) => judge(interruptions, before[demo]!, after[demo]!));
    const standings = unsettled.map((interruptions, demo) => standingsOf(interruptions, after[demo]!));
    return { standings: standings.map(expectOneStanding), answered: outcomes.flat().filter(({ stopped }) => !stopped).length };
  }

  /** Whoever was answered gets the same answer again, and everybody gets on. */
  async function repeatAll(victim: VictimProcess): Promise<void> {
    await Promise.all(unsettled.flatMap((interruptions, demo) => interruptions.map((each) => repeat(each, victim.demos[demo]!))));
    for (const [demo, interruptions] of unsettled.entries()) expectOneReuseEach(interruptions, await witnesses[demo]!.look());
    unsettled = [];
  }

  it(
    `are all done or none when their process is killed, and none is lost that was answered, ${RUNS} time(s)`,
    async () => {
      const way = await findWay();
      let answered = 0;
      const live = async (points: readonly Point[]) => {
        const life = await liveAndDie(way, points);
        answered += life.answered;
        return life.standings;
      };
      for (let run = 0; run < RUNS; run++) {
        const standings: Standing[] = [];
        for (let first = 0; first < way.points.length; first += DEMOS) standings.push(...(await live(way.points.slice(first, first + DEMOS))));
        expectOneTurningPoint(standings);
        expect(new Set(standings.map(({ isDone }) => isDone))).toEqual(new Set([false, true]));
        const within = [];
        for (const [place, name] of STATEMENTS.entries()) within.push(...(await live([pointNamed(name, place)])));
        expect(within.map(({ isDone }) => isDone)).toEqual([false, false, false, true]);
      }
      const last = await build.start(urls);
      await repeatAll(last);
      await last.kill();
      expect(answered).toBeGreaterThan(0);
      console.log(
        `${way.points.length + STATEMENTS.length} points around a commit of ${TOGETHER}; ${answered} refreshes were answered before a kill`,
      );
    },
    120_000 + RUNS * 60_000,
  );
});

function passedBy(outcome: Outcome): readonly string[] {
  if (outcome.stopped) throw new Error('a refresh that nobody disturbed was not answered');
  return outcome.passed;
}

const sincePassing = (name: string, passed: readonly string[]): string[] => passed.slice(passed.indexOf(name) + 1);

/** The first of them came as far as its point. */
function interruptionsOf({ point, attempts }: Group, outcomes: readonly Outcome[]): Interruption[] {
  expect({ point: point.name, stopped: outcomes[0]!.stopped }).toEqual({ point: point.name, stopped: true });
  return attempts.map((attempt, i) => ({ ...point, attempt, outcome: outcomes[i]! }));
}

/** Those that were not answered share their fate; the first stands for them. */
function expectOneStanding(standings: readonly Standing[]): Standing {
  const [first] = standings;
  expect(standings.map(({ isDone }) => isDone)).toEqual(standings.map(() => first!.isDone));
  return first!;
}

async function repeat({ attempt, outcome }: Interruption, http: HttpClient): Promise<void> {
  if (!outcome.stopped) expect((await http.refresh(attempt.tokens[0])).body.refresh_token).toBe(outcome.answer.body.refresh_token);
  await refresh.repeat(attempt, http);
}
