/** The invariants, by the name under which a violation is reported. `docs/guarantees.md` has one line for each. */
export const RULES = {
  'one-token': 'a generation of a family has one token string for ever',
  identity: "a token never changes its family's `sub` and `sid`",
  'only-current-advances': 'only the current token advances a family, by one',
  'missed-theft': 'a token outside the window is never accepted',
  zombie: 'a revoked family never gets another token',
  'past-end': 'nothing is accepted past the idle or the absolute end',
  'unfair-refusal': 'every refusal has a reason that can have been there',
  'honest-refused': 'an honest client is never refused while its session lives',
  'access-outlives': 'access tokens of a revoked family are dead within the bound',
  'access-past-end': 'an access token is dead after its `exp`',
  'lost-commit': 'an acknowledged login, rotation or revocation survives',
  'unasked-change': 'nothing changes a family but what was asked of it',
  'one-reuse-event': 'a reuse revokes its family and is recorded once, in one commit',
  'one-commit': 'each step of a family commits once',
  'moved-end': 'a rotation never moves the absolute end',
  'slow-answer': 'no request takes more than five seconds',
  'no-answer': 'a running process answers every request',
  'not-recovered': 'everything works again five seconds after the database takes writes',
  'not-a-verdict': "a database error is a 5xx, and a client's error has a code",
  'ended-by-itself': 'no fault ends a process but SIGKILL',
  'no-chaos': 'a campaign of a minute has kills, thefts, lost answers and outages',
  leak: 'no 12 characters of a token are in the database or the logs',
} as const;

export type Rule = keyof typeof RULES;

export interface Violation {
  readonly rule: Rule;
  readonly family: string | null;
  readonly message: string;
}
