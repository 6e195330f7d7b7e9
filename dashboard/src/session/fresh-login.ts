import { createStore } from '../common/store';

interface Question {
  answer: (signedIn: boolean) => void;
}

/** The question on screen, if any: an action needs a fresh login. */
export const freshLoginQuestion = createStore<Question | null>(null);

let asking: Promise<boolean> | null = null;

/** Resolves to true once the administrator signed in again; false when they would rather not. */
export function askForFreshLogin(): Promise<boolean> {
  asking ??= new Promise<boolean>((resolve) => {
    freshLoginQuestion.set({
      answer: (signedIn) => {
        asking = null;
        freshLoginQuestion.set(null);
        resolve(signedIn);
      },
    });
  });
  return asking;
}
