import { setTimeout as wait } from 'node:timers/promises';
import { type Attempt, begin, type Flow, FLOWS } from './flows';
import { expectOneReuseEach, expectOneTurningPoint, type Interruption, judge, type Point, type Standing, standingsOf } from './judge';
import type { DemoWithPoints, Outcome, VictimProcess } from './victim-process';
import { type Evidence, Witness } from './witness';

interface Seated extends Point {
  readonly demo: number;
}

type SeatedInterruption = Seated & Interruption;

/** Longer than a line waits for the audit log. */
const LATE_LINES_MS = 300;

/** From one end to the other a request has a connection to the database, or on SQLite its only one, and the turn of all who write. */
const CONNECTION = /^(before|after) database attempt: /;

/** Kills a process that has one request waiting at each point, starts the next one, and looks what has become of them. */
export class Campaign {
  /** Processes killed, the requests that were at their points then, and the points of those that were answered after all. */
  readonly tally = { killed: 0, waiting: 0, missed: [] as string[] };
  private readonly witnesses = new Map<string, Witness>();
  private unsettled: SeatedInterruption[] = [];

  /**
   * @param databases one for each demo of a process, which may be the same
   * @param connections how many requests may keep a connection of one demo at once
   */
  constructor(
    private readonly demo: DemoWithPoints,
    private readonly databases: readonly string[],
    private readonly connections: number,
  ) {}

  /** The ways of all flows, undisturbed. */
  async findPoints(): Promise<Point[]> {
    const victim = await this.demo.start(this.databases);
    const points = [];
    for (const flow of FLOWS) {
      const { request } = await flow.prepare(victim.demos[0]!);
      points.push(...pointsOn(flow, await victim.send(0, request)));
    }
    await victim.kill();
    for (const url of new Set(this.databases)) this.witnesses.set(url, await Witness.of(url));
    return points;
  }

  /** Each point once, in as few processes as there are connections for. */
  async run(points: readonly Point[]): Promise<void> {
    const waiting = points.filter(({ keepsConnection }) => keepsConnection);
    const seats = this.databases.length * this.connections;
    const standings: Standing[] = [];
    for (let first = 0; first < waiting.length; first += seats) {
      const free = first === 0 ? points.filter(({ keepsConnection }) => !keepsConnection) : [];
      standings.push(...(await this.liveAndDie([...free, ...waiting.slice(first, first + seats)])));
    }
    expectOneTurningPoint(standings);
  }

  /** The clients of the last process get on too. */
  async end(): Promise<void> {
    const victim = await this.demo.start(this.databases);
    await this.repeatAll(victim);
    await victim.kill();
    for (const witness of this.witnesses.values()) await witness.leave();
  }

  private async liveAndDie(points: readonly Point[]): Promise<Standing[]> {
    const victim = await this.demo.start(this.databases);
    await this.repeatAll(victim);
    for (const witness of this.witnesses.values()) await witness.clear();
    // Sessions that nobody is about to touch.
    await Promise.all(victim.demos.map((http) => begin(http, 1)));
    const seated = points.map((point, i) => ({ ...point, demo: i % this.databases.length }));
    const prepared = await Promise.all(seated.map(async (point) => ({ ...point, attempt: await point.flow.prepare(victim.demos[point.demo]!) })));
    const before = await this.look();
    const interruptions = await interrupt(victim, prepared);
    await victim.kill();
    const after = await this.look();
    for (const url of this.witnesses.keys()) judge(this.on(url, interruptions), before.get(url)!, after.get(url)!);
    this.unsettled = interruptions;
    this.count(interruptions);
    return [...this.witnesses.keys()].flatMap((url) => standingsOf(this.on(url, interruptions), after.get(url)!));
  }

  private async repeatAll({ demos }: VictimProcess): Promise<void> {
    if (this.unsettled.length === 0) return;
    await Promise.all(this.unsettled.map(({ flow, attempt, demo }) => flow.repeat(attempt, demos[demo]!)));
    await wait(LATE_LINES_MS);
    for (const [url, evidence] of await this.look()) expectOneReuseEach(this.on(url, this.unsettled), evidence);
    this.unsettled = [];
  }

  private on(url: string, interruptions: readonly SeatedInterruption[]): SeatedInterruption[] {
    return interruptions.filter(({ demo }) => this.databases[demo] === url);
  }

  private async look(): Promise<Map<string, Evidence>> {
    return new Map(await Promise.all([...this.witnesses].map(async ([url, witness]) => [url, await witness.look()] as const)));
  }

  private count(interruptions: readonly Interruption[]): void {
    this.tally.killed++;
    this.tally.waiting += interruptions.filter(({ outcome }) => outcome.stopped).length;
    for (const { flow, name, outcome } of interruptions) if (!outcome.stopped) this.tally.missed.push(`${flow.name}: ${name}`);
  }
}

function pointsOn(flow: Flow, outcome: Outcome): Point[] {
  if (outcome.stopped) throw new Error(`${flow.name} was not answered`);
  let keepsConnection = false;
  return outcome.passed.map((name, place) => {
    const [, end] = CONNECTION.exec(name) ?? [];
    if (end === 'before') keepsConnection = true;
    const point = { flow, name, place, keepsConnection };
    if (end === 'after') keepsConnection = false;
    return point;
  });
}

/** One at a time, for those that ask at once share a statement and its points; those that keep a connection last, for nobody gets past them. */
async function interrupt<Prepared extends Seated & { attempt: Attempt }>(
  victim: VictimProcess,
  prepared: readonly Prepared[],
): Promise<(Prepared & Interruption)[]> {
  const inTurn = [...prepared].sort((one, other) => Number(one.keepsConnection) - Number(other.keepsConnection));
  const interrupted = [];
  for (const each of inTurn) interrupted.push({ ...each, outcome: await victim.send(each.demo, each.attempt.request, each.name) });
  return interrupted;
}
