import { SLOWEST_ANSWER_MS, STATEMENT_MS } from '../settings';
import { type Call, type Instant, isUnknown, type Trouble } from './records';

/** What is stopped goes on late, and lets go of its locks late. */
export const isStop = ({ kind }: Trouble): boolean => kind === 'paused' || kind === 'stutter';

/** Tells by when requests had been carried out, if they ever were. */
export class Settling {
  constructor(private readonly troubles: readonly Trouble[]) {}

  /** A statement may outlive the answer 5xx, and a request its client. What stood still meanwhile goes on where it was. */
  by(call: Call): Instant {
    const { answer, sent, ended } = call;
    if (!isUnknown(answer)) return ended;
    const work = answer === 'lost' ? SLOWEST_ANSWER_MS : 0;
    const end = Math.max(ended, sent + work);
    return this.stopsDuring(sent, end).reduce((latest, { to }) => Math.max(latest, to + work), end) + STATEMENT_MS;
  }

  private stopsDuring(from: Instant, to: Instant): Trouble[] {
    return this.troubles.filter((trouble) => isStop(trouble) && trouble.from <= to && from <= trouble.to);
  }
}
