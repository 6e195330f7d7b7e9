import type { RefreshToken } from 'nestjs-jwt-refresh';
import type { Attempt, Flow } from './flows';
import type { Outcome } from './victim-process';
import type { Evidence } from './witness';

/** One point on the way of one flow. */
export interface Point {
  readonly flow: Flow;
  readonly name: string;
  /** Its place on the way. */
  readonly place: number;
  /** Whether a request that waits here keeps a connection to the database. */
  readonly keepsConnection: boolean;
}

/** A request that came as far as its point. */
export interface Interruption extends Point {
  readonly attempt: Attempt;
  readonly outcome: Outcome;
}

/** A point at which a request was when its process was killed, and whether its deed was done. */
export interface Standing extends Point {
  readonly isDone: boolean;
}

/** What must be true of one database when the process is dead. */
export function judge(interruptions: readonly Interruption[], before: Evidence, after: Evidence): void {
  for (const interruption of interruptions) expectAllOrNothing(interruption, before, after);
  expectOthersUntouched(interruptions, before, after);
}

/** Where the requests stood that came as far as their points. */
export function standingsOf(interruptions: readonly Interruption[], after: Evidence): Standing[] {
  return interruptions
    .filter(({ outcome }) => outcome.stopped)
    .map((each) => ({ ...each, isDone: each.flow.isDone?.(each.attempt, after) ?? false }));
}

/** Every point of a flow before it leaves the deed undone, every point after it done, whichever database it was: it is done once, in one commit. */
export function expectOneTurningPoint(standings: readonly Standing[]): void {
  for (const flow of new Set(standings.map((each) => each.flow))) {
    const inOrder = standings.filter((each) => each.flow === flow).sort((a, b) => a.place - b.place);
    const done = inOrder.map(({ name, isDone }) => ({ flow: flow.name, name, isDone }));
    expect(done).toEqual([...done.filter(({ isDone }) => !isDone), ...done.filter(({ isDone }) => isDone)]);
  }
}

/** When every client has repeated its request: each theft was told once, and nothing else was taken for one. */
export function expectOneReuseEach(interruptions: readonly Interruption[], { reuses }: Evidence): void {
  const thefts = interruptions.filter(({ flow }) => flow.isTheft);
  expect(reuses).toEqual(new Map(thefts.map(({ attempt }) => [attempt.id, 1])));
}

/** What was answered is done; what was done changed what it should; what was not done changed nothing. */
function expectAllOrNothing({ flow, attempt, outcome, name }: Interruption, before: Evidence, after: Evidence): void {
  const isDone = flow.isDone?.(attempt, after) ?? false;
  if (!outcome.stopped && flow.isDone) expect({ flow: flow.name, name, isDone }).toMatchObject({ isDone: true });
  if (!attempt.id) return;
  const changed = changesBetween(before.rows.get(attempt.id)!, after.rows.get(attempt.id)!);
  expect({ flow: flow.name, name, changed: changed.filter((column) => !isDone || !flow.changes.includes(column)) }).toMatchObject({ changed: [] });
}

/** Every other family stands as it was, and none is new but those of logins. */
function expectOthersUntouched(interruptions: readonly Interruption[], before: Evidence, after: Evidence): void {
  const victims = new Set(interruptions.map(({ attempt }) => attempt.id));
  for (const [id, row] of before.rows) if (!victims.has(id)) expect(after.rows.get(id)).toEqual(row);
  const begun = interruptions.filter(({ flow, attempt }) => !attempt.id && flow.isDone?.(attempt, after));
  expect(after.rows.size).toBe(before.rows.size + begun.length);
}

function changesBetween(before: RefreshToken, after: RefreshToken): (keyof RefreshToken)[] {
  const columns = Object.keys(before) as (keyof RefreshToken)[];
  return columns.filter((column) => JSON.stringify(before[column]) !== JSON.stringify(after[column]));
}
