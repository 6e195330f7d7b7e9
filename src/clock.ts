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

/** How far apart the clocks of two nodes may be, and how late what one of them dates may be committed. */
export const CLOCKS_DIFFER_MS = 10_000;

/** How long after its end by this node's clock, in milliseconds, an access token may still be good: another node's clock may have made it ahead. */
export function goodAfterEnd({ notBeforeLeeway, clockTolerance }: { readonly notBeforeLeeway: number; readonly clockTolerance: number }): number {
  return (notBeforeLeeway + 2 * clockTolerance) * 1000 + CLOCKS_DIFFER_MS;
}
