import type { Call, History, Trouble } from '../history/records';
import { RECOVERY_MS, REQUEST_TIMEOUT_MS, SLOWEST_ANSWER_MS } from '../settings';
import type { Violation } from './rules';

/** The moments of the faults themselves are measured from outside. */
const INACCURACY_MS = 150;

/** Everything about single requests: how long they took, and whether they failed without a reason. */
export function* checkCalls(history: History): Iterable<Violation> {
  yield* checkEach(history, null, history.unansweredLogins);
  for (const { id, login, refreshes, uses, revocations } of history.families) {
    yield* checkEach(history, id, [login, ...refreshes, ...uses, ...revocations]);
  }
}

function* checkEach(history: History, family: string | null, calls: Iterable<Call>): Iterable<Violation> {
  for (const call of calls) {
    const { node, sent, ended, answer } = call;
    const what = `the request to process ${node} sent at ${sent}, ended at ${ended},`;
    if (ended - sent > SLOWEST_ANSWER_MS && !isStopped(history, call, answer === 'lost' ? ['paused', 'killed'] : ['paused'])) {
      yield { rule: 'slow-answer', family, message: `${what} took ${ended - sent} ms` };
    }
    if (answer === 'lost' && !call.dropped && ended - sent < REQUEST_TIMEOUT_MS && !isStopped(history, call, ['paused', 'killed'])) {
      yield { rule: 'no-answer', family, message: `${what} got no answer` };
    }
    if (answer === 'unavailable' && !mayFail(history, call)) yield { rule: 'not-recovered', family, message: `${what} got a 5xx` };
    if (answer.startsWith('http_')) yield { rule: 'not-a-verdict', family, message: `${what} was answered ${answer}` };
  }
}

/** Whether it was answered by a process that was running all the time. */
export function isTimed(history: History, call: Call): boolean {
  return call.answer !== 'lost' && !isStopped(history, call, ['paused']);
}

/** Whether the process that was asked, or the campaign itself, was not running all the time. */
function isStopped({ troubles }: History, call: Call, kinds: readonly Trouble['kind'][]): boolean {
  const concerns = ({ kind, node }: Trouble) => kind === 'stutter' || (node === call.node && kinds.includes(kind));
  return troubles.some((trouble) => concerns(trouble) && overlaps(trouble, call, INACCURACY_MS));
}

/** A stopped process may hold a lock, a killed one may have left one. */
function mayFail({ troubles }: History, call: Call): boolean {
  return troubles.some((trouble) => overlaps(trouble, call, trouble.kind === 'cut' ? INACCURACY_MS : RECOVERY_MS));
}

function overlaps({ from, to }: Trouble, { sent, ended }: Call, after: number): boolean {
  return from <= ended + INACCURACY_MS && sent <= to + after;
}
