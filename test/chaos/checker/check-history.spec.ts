import type { Answer, DatabaseContent, Row, Trouble } from '../history/records';
import { LONGEST_PAUSE_MS, RECOVERY_MS } from '../settings';
import type { Rule } from './rules';
import { BOUND, GRACE, LIFETIME, Story } from './story';

type Case = [description: string, story: Story, row?: Partial<Row> | null, content?: Partial<DatabaseContent>];

const tell = (kind?: 'key') => new Story(kind);
const revoked = (revokedReason: string): Partial<Row> => ({ revokedAt: 1, revokedReason });
/** More than two clocks can differ by. */
const SKEW = 2500;

const reused = { answer: 'refresh_token_reused' };
const dead = { answer: 'refresh_token_revoked' };
const expired = { answer: 'refresh_token_expired' };
const lost = { answer: 'lost', takes: 6000 };
const unavailable = { answer: 'unavailable' };

describe('the checker finds nothing in', () => {
  const cases: Case[] = [
    ['a life of rotations', tell().owner(0).owner(1).owner(2).use(3)],
    ['a retry inside the grace period', tell().owner(0).owner(0).wait(GRACE - SKEW).owner(0).owner(1)],
    ['a retry after the loss of the answer', during('paused', tell().owner(0, lost).owner(0).owner(1))],
    ['a last rotation whose answer was lost', during('paused', tell().owner(0).owner(1, lost)), { generation: 2 }],
    ['a last rotation that was lost before it happened', during('paused', tell().owner(0).owner(1, lost)), { generation: 1 }],
    ['an outage', during('database', tell().owner(0, unavailable).owner(0)), { generation: 1 }],
    ['an outage longer than the grace period', during('database', tell().owner(0, unavailable).wait(GRACE).owner(0, unavailable)).owner(0, reused), revoked('reuse')],
    ['an answer that took too long because its process stood still', next('paused', 5500, tell()).owner(0, { takes: 5500 })],
    ['a 5xx of a process that comes back', during('killed', tell().owner(0, unavailable))],
    ['a 5xx while a stopped process may hold the lock', stoppedAtWork(tell()).owner(0, { ...unavailable, node: 1 }).owner(0, { node: 1 })],
    ['a 5xx while a stopped process may hold the only lock', oneWriter(next('paused', 3000, tell())).owner(0, { ...unavailable, node: 1 })],
    ['a logout with an access token that has expired', tell().wait(5000).refused('access_token_expired', 5000).owner(0)],
    ['a second logout', tell().revoke('logout').refused('session_not_found').refused('access_token_revoked'), revoked('logout')],
    ['a logout with a token of a session that is over', tell().revoke('logout').refused('refresh_token_revoked', null), revoked('logout')],
    ['a process that does not start in an outage', during('database', failing(tell()))],
    ['a process that does not start when its connection breaks', during('cut', failing(tell()))],
    ['a client that gives up while one outage follows another', givingUp(next('database', 15_000, next('database', 35_000, tell()).wait(38_000)))],
    ['a theft that is noticed at a gap of two', tell().owner(0).owner(1).thief(0, reused).owner(2, dead), revoked('reuse')],
    ['a theft that is noticed after the grace period', tell().owner(0).wait(GRACE + SKEW).thief(0, reused), revoked('reuse')],
    ['a thief inside the grace period', tell().owner(0).thief(0).thief(1).owner(1).owner(2)],
    ['either answer at the edge of the grace period', tell().owner(0).wait(GRACE).thief(0)],
    ['the other answer there', tell().owner(0).wait(GRACE).thief(0, reused), revoked('reuse')],
    ['spent tokens of a family revoked for reuse', tell().owner(0).owner(1).thief(0, reused).thief(1, reused), revoked('reuse')],
    ['a logout', tell().owner(0).revoke('logout').owner(1, dead).use(1, { answer: 'access_token_revoked' }), revoked('logout')],
    ['a logout without an answer that happened', during('paused', tell().revoke('logout', lost).owner(0, dead)), revoked('logout')],
    ['a logout without an answer that did not happen', during('paused', tell().revoke('logout', lost).owner(0))],
    ['a logout everywhere that came too soon for the login beside it', tell().revoke('logout_all', { raced: true }).owner(0)],
    ['one that did not', tell().revoke('logout_all', { raced: true }).owner(0, dead), revoked('logout_all')],
    ['an access token within the bound', tell().revoke('logout').wait(BOUND - 300).use(0), revoked('logout')],
    ['an access token that expires', tell().wait(5000).use(0, { answer: 'access_token_expired', accessUntil: 5000 })],
    ['an idle end', tell().owner(0).wait(LIFETIME + SKEW).owner(1, expired)],
    ['an idle end by a clock that jumped', jumped(tell().owner(0), LIFETIME + SKEW).owner(1, expired)],
    ['a key that ends although it is used', tell('key').wait(LIFETIME / 2).owner(0).wait(LIFETIME / 2 + SKEW).owner(1, expired)],
    ['a row of a login without an answer', unanswered('bob'), {}, { rows: [tell().owner(0).usualRow(), { ...tell().usualRow(), id: 'x', subject: 'bob' }] }],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, story, row = {}, content) => {
    expect(story.broken(row, content)).toEqual([]);
  });
});

describe('the checker finds', () => {
  const cases: [...Case, expected: Rule[]][] = [
    ['two tokens for one generation', tell().owner(0).owner(0, { print: 'another' }), {}, {}, ['one-token']],
    ['a step of two', tell().owner(0, { gets: 2 }), {}, {}, ['only-current-advances']],
    ["somebody else's token", tell().owner(0, { subject: 'bob' }), {}, {}, ['identity']],
    ["somebody else's claims", tell().use(0, { subject: 'bob' }), {}, {}, ['identity']],
    ['a token two steps old that is accepted', tell().owner(0).owner(1).thief(0), {}, {}, ['missed-theft']],
    ['a retry long after the grace period', tell().owner(0).wait(GRACE + SKEW).thief(0), {}, {}, ['missed-theft']],
    ['a retry after the grace period by a clock that jumped', jumped(tell().owner(0), GRACE + SKEW).thief(0), {}, {}, ['missed-theft']],
    ['a grace period that slides', tell().owner(0).wait(GRACE - SKEW).owner(0).wait(GRACE - SKEW).owner(0), {}, {}, ['missed-theft']],
    ['a rotation after a logout', tell().revoke('logout').owner(0), revoked('logout'), {}, ['zombie']],
    ['a rotation after a reuse', tell().owner(0).owner(1).thief(0, reused).owner(2), revoked('reuse'), {}, ['zombie']],
    ['a rotation after the idle end', tell().owner(0).wait(LIFETIME + SKEW).owner(1), {}, {}, ['past-end']],
    ['a rotation after the absolute end', tell('key').wait(LIFETIME / 2).owner(0).wait(LIFETIME / 2 + SKEW).owner(1), {}, {}, ['past-end']],
    ['a current token that is called reused', tell().owner(0).owner(1, reused), revoked('reuse'), {}, ['unfair-refusal', 'unasked-change']],
    ['a retry in time that is called reused', tell().owner(0).wait(GRACE / 2).owner(0, reused), revoked('reuse'), {}, ['unfair-refusal', 'unasked-change']],
    ['a session that nobody ended', tell().owner(0, dead), revoked('logout'), {}, ['unfair-refusal', 'unasked-change']],
    ['a session that expires too soon', tell().owner(0).wait(LIFETIME / 2).owner(1, expired), {}, {}, ['unfair-refusal']],
    ['a token that is not known any more', tell().owner(0).owner(1, { answer: 'refresh_token_invalid' }), {}, {}, ['unfair-refusal']],
    ['an honest session that ends as a reuse', late(tell().owner(0)), revoked('reuse'), {}, ['honest-refused']],
    ['a reuse soon after an outage', afterOutage().owner(0, reused), revoked('reuse'), {}, ['unfair-refusal', 'unasked-change']],
    ['one whose token comes again much later', afterOutage().owner(0, reused).wait(LIFETIME).owner(0, reused), revoked('reuse'), {}, ['unfair-refusal', 'honest-refused', 'unasked-change']],
    ['a reuse long after an outage', afterOutage().wait(GRACE).owner(0, reused), revoked('reuse'), {}, ['honest-refused']],
    ['an outage that a jump of the clocks makes longer', jumped(afterOutage(), GRACE).owner(0, reused), revoked('reuse'), {}, ['honest-refused']],
    ['an access token that is refused with it', afterOutage().use(0, { answer: 'access_token_revoked' }).owner(0), {}, {}, ['unfair-refusal']],
    ['a logout whose access token has not expired', tell().refused('access_token_expired'), {}, {}, ['unfair-refusal']],
    ['a logout of a live session that is not there', tell().refused('session_not_found'), {}, {}, ['unfair-refusal']],
    ['a logout of a live session that is over', tell().refused('access_token_revoked'), {}, {}, ['unfair-refusal']],
    ['a logout with a live token that is not', tell().refused('refresh_token_revoked', null), {}, {}, ['unfair-refusal']],
    ['a revocation of what is not known', tell().revoke('admin').refused('refresh_token_not_found'), revoked('admin'), {}, ['unfair-refusal']],
    ['a login that is refused', unanswered('bob', 'refresh_token_invalid'), {}, {}, ['unfair-refusal']],
    ['a row of a login that was refused', unanswered('bob', 'refresh_token_invalid'), {}, { rows: [tell().owner(0).usualRow(), { ...tell().usualRow(), id: 'x', subject: 'bob' }] }, ['unasked-change', 'unfair-refusal']],
    ['an access token beyond the bound', tell().revoke('logout').wait(BOUND).use(0), revoked('logout'), {}, ['access-outlives']],
    ['an access token past its end', tell().wait(10_000).use(0, { accessUntil: 5000 }), {}, {}, ['access-past-end']],
    ['a live access token that is refused', tell().use(0, { answer: 'access_token_revoked' }), {}, {}, ['unfair-refusal']],
    ['a login without a row', tell(), null, {}, ['lost-commit']],
    ['a rotation that the row has not', tell().owner(0).owner(1), { generation: 1 }, {}, ['lost-commit']],
    ['a logout that the row has not', tell().revoke('logout'), {}, {}, ['lost-commit']],
    ['a rotation that nobody asked for', tell().owner(0), { generation: 2 }, {}, ['unasked-change']],
    ['a revocation that nobody asked for', tell().owner(0), revoked('admin'), {}, ['unasked-change']],
    ['a row that nobody logged in for', tell(), {}, { rows: [tell().usualRow(), { ...tell().usualRow(), id: 'x' }] }, ['unasked-change']],
    ['a reuse without an event', tell().owner(0).owner(1).thief(0, reused), revoked('reuse'), { reusedEvents: [] }, ['one-reuse-event']],
    ['a reuse with two', tell().owner(0).owner(1).thief(0, reused), revoked('reuse'), { reusedEvents: ['family', 'family'] }, ['one-reuse-event']],
    ['a step that was made twice', tell().owner(0), {}, { rotatedTwice: [{ id: 'family', generation: 1 }] }, ['one-commit']],
    ['an end that moved', tell().owner(0), { endsAt: tell().usualRow().endsAt + 1 }, {}, ['moved-end']],
    ['an answer that took too long', tell().owner(0, { takes: 5500 }), {}, {}, ['slow-answer']],
    ['one that took too long beside a short pause', next('paused', 100, tell()).owner(0, { takes: 5500 }), {}, {}, ['slow-answer']],
    ['one that took too long until its process was killed', killedAfter(5400, tell()).owner(0, { ...lost, takes: 5500 }), {}, {}, ['slow-answer']],
    ['a running process without an answer', tell().owner(0, { answer: 'lost' }), {}, {}, ['no-answer']],
    ['a client that gives up', givingUp(tell()), {}, {}, ['no-answer']],
    ['a client that gives up though the database is back', givingUp(next('database', 10_000, next('database', 35_000, tell()).wait(45_000))), {}, {}, ['no-answer']],
    ['a process that does not start', failing(tell()), {}, {}, ['ended-by-itself']],
    ['a process that does not start long after an outage', failing(during('database', tell()).wait(5000)), {}, {}, ['ended-by-itself']],
    ['a 5xx for no reason', tell().owner(0, unavailable), {}, {}, ['not-recovered']],
    ['a 5xx of another process than the one that was killed', next('killed', 50, tell().wait(1000)).wait(300).owner(0, { ...unavailable, node: 1 }).owner(0), {}, {}, ['not-recovered']],
    ['a 5xx long after its process was killed', during('killed', tell()).wait(2500).owner(0, unavailable), {}, {}, ['not-recovered']],
    ['a 5xx while another process is stopped that has nothing of it', next('paused', 3000, tell().wait(1000)).owner(0, { ...unavailable, node: 1 }), {}, {}, ['not-recovered']],
    ['nothing but 5xx when the database is back, though connections break', cutAllTheTime(tell()), {}, {}, ['not-recovered']],
    ['a 5xx long after an outage', during('database', tell()).wait(10_000).owner(0, unavailable), {}, {}, ['not-recovered']],
    ['a 4xx without a code', tell().owner(0, { answer: 'http_400' }), {}, {}, ['unfair-refusal', 'not-a-verdict']],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, story, row, content, expected) => {
    expect(story.broken(row ?? null, content)).toEqual(expected);
  });
});

/** Something was wrong from the beginning until now. */
function during(kind: Trouble['kind'], story: Story): Story {
  return trouble(kind, 0, story.now, story);
}

/** Something is wrong for a while from now on. */
function next(kind: Trouble['kind'], milliseconds: number, story: Story): Story {
  return trouble(kind, story.now, story.now + milliseconds, story);
}

function trouble(kind: Trouble['kind'], from: number, to: number, story: Story): Story {
  story.troubles.push({ kind, node: kind === 'paused' || kind === 'killed' ? 0 : undefined, from, to });
  return story;
}

function killedAfter(milliseconds: number, story: Story): Story {
  return trouble('killed', story.now + milliseconds, story.now + milliseconds + 50, story);
}

function afterOutage(): Story {
  return during('database', tell().owner(0, unavailable).wait(4000).owner(0, unavailable));
}

/** A process is stopped while it has a request of the family; its client gives up and asks another process. */
function stoppedAtWork(story: Story): Story {
  return next('paused', LONGEST_PAUSE_MS, story).owner(0, lost);
}

/** The database is back, but single connections break again and again. */
function cutAllTheTime(story: Story): Story {
  const back = during('database', story).wait(RECOVERY_MS + 1000);
  for (let second = 0; second < 4; second++) next('cut', 10, back).owner(0, unavailable).wait(1000);
  return back;
}

function oneWriter(story: Story): Story {
  return Object.assign(story, { oneWriter: true });
}

function givingUp(story: Story): Story {
  story.despairs.push({ family: 'family', what: 'a refresh', from: 0, to: 60_000 });
  return story;
}

function failing(story: Story): Story {
  story.failedStarts.push({ node: 0, from: story.now, to: story.now + 100, lastWords: '' });
  return story.wait(100);
}

function jumped(story: Story, shift: number): Story {
  story.jumps.push({ from: story.now, to: story.now + 1, shift });
  return story.wait(1);
}

function unanswered(subject: string, answer: Answer = 'unavailable'): Story {
  const story = tell().owner(0);
  story.unansweredLogins.push({ node: 0, sent: 0, ended: 1, answer, subject, grant: null });
  story.troubles.push({ kind: 'database', from: 0, to: 1 });
  return story;
}

/** A stopped process judges a request that its client gave up long ago: the client has gone on by two. */
function late(story: Story): Story {
  story.troubles.push({ kind: 'paused', node: 0, from: story.now, to: story.now + LONGEST_PAUSE_MS });
  return story.owner(1, lost).owner(1).owner(2).owner(3, dead);
}
