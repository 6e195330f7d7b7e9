import { type Call, callsOf, type History, isUnknown } from '../history/records';
import { REQUEST_TIMEOUT_MS } from '../settings';
import type { Circumstances } from './circumstances';
import { Excuses } from './excuses';
import type { Violation } from './rules';

/** Everything about single requests: how long they took, and whether they failed without a reason. */
export function* checkCalls(history: History, circumstances: Circumstances): Iterable<Violation> {
  const excuses = new Excuses(circumstances);
  for (const login of history.unansweredLogins) {
    yield* checkCall(excuses, null, login, []);
    if (!isUnknown(login.answer)) yield { rule: 'unfair-refusal', family: null, message: `a login of ${login.subject}, ${told(login)}` };
  }
  for (const family of history.families) {
    const calls = callsOf(family);
    for (const call of calls) yield* checkCall(excuses, family.id, call, calls);
  }
}

function* checkCall(excuses: Excuses, family: string | null, call: Call, siblings: readonly Call[]): Iterable<Violation> {
  const { answer } = call;
  if (excuses.isSlow(call)) yield { rule: 'slow-answer', family, message: `${told(call)}, took ${excuses.runningTime(call)} ms` };
  if (isMissing(call) && !excuses.excuseLoss(call)) yield { rule: 'no-answer', family, message: told(call) };
  if (answer === 'unavailable' && !excuses.excuseFailure(call, siblings)) yield { rule: 'not-recovered', family, message: told(call) };
  if (answer.startsWith('http_')) yield { rule: 'not-a-verdict', family, message: told(call) };
}

/** Whether an answer is missing that neither the client nor its proxy threw away; one that is too late is slow. */
export function isMissing({ answer, dropped, sent, ended }: Call): boolean {
  return answer === 'lost' && !dropped && ended - sent < REQUEST_TIMEOUT_MS;
}

function told({ node, sent, ended, answer }: Call): string {
  return `the request to process ${node} sent at ${sent}, ended at ${ended}, was answered ${answer}`;
}
