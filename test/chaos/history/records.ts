/** Whole milliseconds since the campaign began, by a clock that never jumps. */
export type Instant = number;

/**
 * What came back: `done`; `unavailable` for any 5xx; `lost` when no answer arrived; else the module's error code, or
 * `http_` and the status of an answer without one. After `unavailable` and `lost` nobody knows whether it was carried out.
 */
export type Answer = string;

export const mayHaveHappened = (answer: Answer): boolean => ['done', 'unavailable', 'lost'].includes(answer);
export const isUnknown = (answer: Answer): boolean => answer === 'unavailable' || answer === 'lost';

/** One request, as its sender saw it. */
export interface Call {
  /** The process that was asked: its place in the fleet. */
  readonly node: number;
  readonly sent: Instant;
  /** When the answer was there, or the sender gave up. */
  readonly ended: Instant;
  readonly answer: Answer;
  /** Whether the campaign itself took the answer away. */
  readonly dropped?: boolean;
}

/** Tokens that were handed out. No token is kept: `print` is the end of the refresh token's MAC, enough to tell two apart. */
export interface Grant {
  readonly generation: number;
  readonly print: string;
  readonly subject: string;
  readonly session: string;
  /** The access token's `exp`, milliseconds since 1970. */
  readonly accessUntil: number;
}

/** A login, or an administrator who makes a key. */
export interface Login extends Call {
  readonly subject: string;
  readonly grant: Grant | null;
}

/** The subject of a key is made from its id, which only an answer tells. */
export const NOBODY = 'key:';

/** A refresh token was presented. */
export interface Refresh extends Call {
  readonly holder: 'owner' | 'thief';
  /** The generation of the token that was presented. */
  readonly presented: number;
  readonly grant: Grant | null;
}

/** An access token was presented at a guarded route. */
export interface Use extends Call {
  readonly generation: number;
  readonly accessUntil: number;
  /** What the route said of the token's owner. */
  readonly claims: { sub: string; sid: string } | null;
}

/** Somebody wants a family to end. `reason` is what the row shall say. */
export interface Revocation extends Call {
  readonly reason: string;
  /** When it was sent for the first time, if it is sent again: what was done then is not done again to sessions that began later. */
  readonly firstSent?: Instant;
  /** It was first sent before the family's login was answered: though acknowledged, it need not have seen the family. */
  readonly raced?: boolean;
}

/** A logout or a revocation that was refused, in the history of the family whose token asked for it. */
export interface Refusal extends Call {
  /** What was asked for. */
  readonly what: string;
  /** The `exp` of the access token that asked, milliseconds since 1970; null if it was a refresh token. */
  readonly accessUntil: number | null;
}

/** Everything that was done to one family. */
export interface FamilyHistory {
  readonly id: string;
  readonly kind: 'session' | 'key';
  readonly subject: string;
  /** Milliseconds. */
  readonly lifetime: number;
  readonly login: Login;
  readonly refreshes: Refresh[];
  readonly uses: Use[];
  readonly revocations: Revocation[];
  readonly refusals: Refusal[];
}

/** From `from` on, and for certain from `to` on, the app's clocks are `shift` milliseconds ahead of the campaign's. */
export interface ClockJump {
  readonly from: Instant;
  readonly to: Instant;
  readonly shift: number;
}

/** A time in which requests may fail for a reason that the campaign knows; in a stutter it was too slow to measure anything. */
export interface Trouble {
  readonly kind: 'killed' | 'paused' | 'database' | 'cut' | 'stutter';
  /** The process, if it is about one. */
  readonly node?: number;
  readonly from: Instant;
  to: Instant;
}

/** A client that asked again and again, and gave up. */
export interface Despair {
  readonly family: string | null;
  readonly what: string;
  readonly from: Instant;
  readonly to: Instant;
}

/** A process that ended by itself before it listened. */
export interface FailedStart {
  readonly node: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly lastWords: string;
}

/** A row of `refresh_tokens`, instants in milliseconds since 1970. */
export interface Row {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly generation: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly endsAt: number;
  readonly revokedAt: number | null;
  readonly revokedReason: string | null;
}

/** What the database holds in the end. */
export interface DatabaseContent {
  readonly rows: readonly Row[];
  /** Families with lines of the type `refresh_token.reused`, one entry for each line. */
  readonly reusedEvents: readonly string[];
  /** Families and generations with more than one line of the type `refresh_token.rotated`. */
  readonly rotatedTwice: readonly { id: string; generation: number }[];
}

/** A whole campaign. */
export interface History {
  /** The campaign's beginning, milliseconds since 1970. */
  readonly epoch: number;
  readonly jumps: readonly ClockJump[];
  readonly troubles: readonly Trouble[];
  /** Logins without an answer: they may have left a row that nobody knows. */
  readonly unansweredLogins: readonly Login[];
  readonly families: readonly FamilyHistory[];
  readonly despairs: readonly Despair[];
  readonly failedStarts: readonly FailedStart[];
}

/** Every request of a family. */
export const callsOf = ({ login, refreshes, uses, revocations }: FamilyHistory): Call[] => [login, ...refreshes, ...uses, ...revocations];
