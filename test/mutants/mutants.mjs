/**
 * Mistakes that somebody could make in this library, each a patch of its name in patches/, and the test that must fail with it.
 * `title` is a part of the test's full title, as a regular expression; `database` is SQLite unless only a server tells the mistake.
 */
const rotation = (title) => ({ path: 'test/behaviour/rotation.spec.ts', title });
const policy = (title) => ({ path: 'src/rotation/rotation.policy.spec.ts', title });

const LOST_ANSWER = rotation('gives the same successor when an answer was lost');
const REUSE = rotation('revokes the family when a spent token returns after the grace period');
const NO_TABLE = { path: 'test/behaviour/database-faults.spec.ts', title: 'whose table can not be read has 503' };

export const MUTANTS = [
  {
    name: 'read-then-write',
    wrong: 'The UPDATE of a rotation does not say which generation and hash it has read',
    check: rotation('lets one of several refreshes that have all read the same row move it'),
  },
  {
    name: 'whole-entity-save',
    wrong: 'A rotation writes back all it has read, a revocation since then included',
    check: rotation('refuses a refresh whose session is revoked between its read and its write'),
  },
  {
    name: 'grace-0',
    wrong: 'An honest retry inside the grace period is a reuse',
    check: LOST_ANSWER,
  },
  {
    name: 'sliding-grace',
    wrong: 'A retry begins the grace period anew',
    check: rotation('counts the grace period from the rotation'),
  },
  {
    name: 'fork-in-grace',
    wrong: 'A retry inside the grace period makes another successor',
    check: LOST_ANSWER,
  },
  {
    name: 'node-local-successor-cache',
    wrong: 'The successor is random and kept in the memory of the node that made it',
    check: rotation('gives the same successor on another node'),
  },
  {
    name: 'no-revoked-check-in-retry',
    wrong: 'A retry is answered before anybody asks whether its family is revoked',
    check: policy('predecessor in the grace period of a family that was logged out'),
  },
  {
    name: 'secret-not-compared',
    wrong: 'The generation alone makes a token the current one',
    check: { path: 'test/behaviour/hooks-and-events.spec.ts', title: 'tell of a database that has forgotten commits' },
  },
  {
    name: 'reuse-without-family-revoke',
    wrong: 'A reuse is refused and recorded, and its family lives on',
    check: REUSE,
  },
  {
    name: 'reuse-kills-all-of-the-user',
    wrong: 'A reuse ends every session of the user',
    check: REUSE,
  },
  {
    name: 'compare-by-second',
    wrong: 'Ends and grace periods are compared in whole seconds',
    check: policy('1 ms before'),
  },
  {
    name: 'end-is-inclusive',
    wrong: 'A token is accepted in the very moment of its end',
    check: policy('at its (idle|absolute) end'),
  },
  {
    name: 'absolute-end-slides',
    wrong: 'A rotation moves the absolute end',
    check: rotation('slides the idle end on rotation but never past the absolute end'),
  },
  {
    name: 'revocation-feed-memory-only',
    wrong: 'A node knows of no revocation but its own',
    check: { path: 'test/behaviour/bounded-revocation.spec.ts', title: 'knows of a logout at once' },
  },
  {
    name: 'bigint-as-string',
    wrong: 'A bigint that the driver gives as a text is taken for a number: a session never used was last used in 1970',
    check: { path: 'test/behaviour/schema.spec.ts', title: 'begins with these columns, and null where there is nothing yet', database: 'postgres' },
  },
  {
    name: 'case-insensitive-collation',
    wrong: "The host's names have the database's own collation: Alice and alice are one subject",
    check: { path: 'test/behaviour/schema.spec.ts', title: 'though subjects differ only in case', database: 'mysql' },
  },
  {
    name: 'database-error-as-4xx',
    wrong: 'A row that can not be read is a token that nobody knows',
    check: NO_TABLE,
  },
  {
    name: 'outage-lets-access-tokens-in',
    wrong: 'A strict check lets everybody in while the database is away',
    check: NO_TABLE,
  },
  {
    name: 'told-before-it-is-safe',
    wrong: 'A retry is answered from a commit that a crash of the database can still take back',
    check: { path: 'test/behaviour/durable-reads.spec.ts', title: 'none elsewhere: a retry', database: 'mariadb' },
  },
  {
    name: 'outage-clears-the-cookie',
    wrong: 'Any error takes the cookie away, 503 too',
    check: { path: 'test/behaviour/cookies.spec.ts', title: 'leaves the cookie alone when the database is away' },
  },
  {
    name: 'losing-response-clears-the-cookie',
    wrong: 'The answer to the loser of a race takes the cookie away that the winner has just got',
    check: { path: 'test/behaviour/legacy-tokens.spec.ts', title: 'leaves the cookie alone when the race for it was lost' },
  },
  {
    name: 'prune-without-recheck',
    wrong: 'What was old when a prune looked is deleted, whatever it has become',
    check: { path: 'test/behaviour/prune.spec.ts', title: 'looks again when it deletes' },
  },
];
