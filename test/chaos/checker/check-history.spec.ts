import type { DatabaseContent, Row } from '../history/records';
import { LATE_MS } from '../settings';
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
    ['a running process without an answer', tell().owner(0, { answer: 'lost' }), {}, {}, ['no-answer']],
    ['a 5xx for no reason', tell().owner(0, unavailable), {}, {}, ['not-recovered']],
    ['a 5xx long after an outage', during('database', tell()).wait(10_000).owner(0, unavailable), {}, {}, ['not-recovered']],
    ['a 4xx without a code', tell().owner(0, { answer: 'http_400' }), {}, {}, ['unfair-refusal', 'not-a-verdict']],
  ]; // prettier-ignore

  it.each(cases)('%s', (_, story, row, content, expected) => {
    expect(story.broken(row ?? null, content)).toEqual(expected);
  });
});

/** Something was wrong from the beginning until now. */
function during(kind: 'paused' | 'database', story: Story): Story {
  story.troubles.push({ kind, node: 0, from: 0, to: story.now });
  return story;
}

function jumped(story: Story, shift: number): Story {
  story.jumps.push({ from: story.now, to: story.now + 1, shift });
  return story.wait(1);
}

function unanswered(subject: string): Story {
  const story = tell().owner(0);
  story.unansweredLogins.push({ node: 0, sent: 0, ended: 1, answer: 'unavailable', subject, grant: null });
  story.troubles.push({ kind: 'database', from: 0, to: 1 });
  return story;
}

/** A stopped process judges a request that its client gave up long ago: the client has gone on by two. */
function late(story: Story): Story {
  story.troubles.push({ kind: 'paused', node: 0, from: story.now, to: story.now + LATE_MS });
  return story.owner(1, lost).owner(1).owner(2).owner(3, dead);
}
