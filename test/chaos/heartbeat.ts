import type { Recorder } from './history/recorder';
import type { CampaignClock } from './campaign-clock';

const BEAT_MS = 100;
/** A beat so late means that the machine has too much to do: what takes long then says nothing about the app. */
const STUTTER_MS = 500;

/** Writes down when the campaign itself did not get to run. @returns what stops it */
export function watchOwnPulse(clock: CampaignClock, recorder: Recorder): () => void {
  let last = clock.now();
  const timer = setInterval(() => {
    const now = clock.now();
    if (now - last > BEAT_MS + STUTTER_MS) recorder.troubles.push({ kind: 'stutter', from: last, to: now });
    last = now;
  }, BEAT_MS);
  return () => clearInterval(timer);
}
