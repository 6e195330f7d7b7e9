/**
 * The only source of time in the module. Every instant that is stored or compared comes from here, never from the
 * database's clock, so that one authority decides what has expired.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch, UTC. */
  now(): number;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock's reading in whole seconds, as JWT's NumericDate wants it (RFC 7519 §2). */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);
