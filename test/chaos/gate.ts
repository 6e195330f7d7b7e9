import { setTimeout as sleep } from 'node:timers/promises';

const STEP_MS = 20;

/** Lets actions through until it is closed; then waits until those inside have left. */
export class Gate {
  private inside = 0;
  private opening: Promise<void> | null = null;
  private unlock: () => void = () => undefined;

  async run<T>(action: () => Promise<T>): Promise<T> {
    while (this.opening) await this.opening;
    this.inside++;
    try {
      return await action();
    } finally {
      this.inside--;
    }
  }

  /** @returns whether everybody has left in time; the gate is closed in any case */
  async close(patience: number): Promise<boolean> {
    this.opening = new Promise((resolve) => (this.unlock = resolve));
    for (let waited = 0; waited < patience && this.inside > 0; waited += STEP_MS) await sleep(STEP_MS);
    return this.inside === 0;
  }

  open(): void {
    this.opening = null;
    this.unlock();
  }
}
