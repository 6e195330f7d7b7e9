/** What the demo is started with: short lives, so that a campaign sees many ends. Seconds. */
export const ACCESS_LIFETIME = 30;
export const REFRESH_LIFETIME = 90;
/** Longer than outages usually are: an honest client that can't ask in time can't be kept signed in. */
export const GRACE_SECONDS = 20;

/** How far each process's clock may be off, either way. */
export const CLOCK_SKEW_MS = 1000;
/** How long a client waits for an answer. No request may take longer than {@link SLOWEST_ANSWER_MS}. */
export const REQUEST_TIMEOUT_MS = 6000;
export const SLOWEST_ANSWER_MS = 5000;
/** How long a process is stopped with SIGSTOP at most. */
export const LONGEST_PAUSE_MS = 10_000;
/** How long the module waits for a statement on a server. One that has begun may still be carried out after that. */
export const STATEMENT_MS = 2000;
/** Who has no answer for so long gives up. */
export const PATIENCE_MS = 60_000;
/** How soon everything works again when the database takes writes again. */
export const RECOVERY_MS = 5000;
/** How soon access tokens of a revoked family are dead on every node, unless each request asks the database. */
export const BOUNDED_REVOCATION_MS = 1500;
/** The module's default for `refreshToken.maxLifetime`. */
export const ABSOLUTE_LIFETIME_MS = 90 * 86_400_000;
