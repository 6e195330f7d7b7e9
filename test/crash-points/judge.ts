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

/** What must be true of one database when the process is dead. */
export function judge(interruptions: readonly Interruption[], before: Evidence, after: Evidence): void {
  for (const interruption of interruptions) expectAllOrNothing(interruption, before, after);
  for (const flow of new Set(interruptions.map((each) => each.flow))) {
    expectOneTurningPoint(
      interruptions.filter((each) => each.flow === flow),
      after,
    );
  }
  expectOthersUntouched(interruptions, before, after);
}

/** What was answered is done; what was done changed what it should; what was not done changed nothing. */
function expectAllOrNothing({ flow, attempt, outcome, name }: Interruption, before: Evidence, after: Evidence): void {
  const isDone = flow.isDone?.(attempt, after) ?? false;
  if (!outcome.stopped && flow.isDone) expect({ flow: flow.name, name, isDone }).toMatchObject({ isDone: true });
  if (!attempt.id) return;
  const changed = changesBetween(before.rows.get(attempt.id)!, after.rows.get(attempt.id)!);
  expect({ flow: flow.name, name, changed: changed.filter((column) => !isDone || !flow.changes.includes(column)) }).toMatchObject({ changed: [] });
}

/** Every point before it leaves the deed undone, every point after it done: it is done once, in one commit. */
function expectOneTurningPoint(ofOneFlow: readonly Interruption[], after: Evidence): void {
  const inOrder = ofOneFlow.filter(({ outcome }) => outcome.stopped).sort((a, b) => a.place - b.place);
  const done = inOrder.map(({ flow, attempt, name }) => ({ name, isDone: flow.isDone?.(attempt, after) ?? false }));
  expect(done).toEqual([...done.filter(({ isDone }) => !isDone), ...done.filter(({ isDone }) => isDone)]);
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
