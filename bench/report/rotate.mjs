// Refreshes a second: each figure beside its ratio to the floor's, then the targets.
import { medianRatio } from '../load/rounds.mjs';
import { count, DATABASES, origin, ratio, table, verdict } from './markdown.mjs';

/** With how many sessions targets are met or missed. */
const SESSIONS = 16;
const DURABLE = ['mariadb', 'mysql'];

const TARGETS = [
  { subject: 'fastify', peer: 'floor', atLeast: 0.75, on: DURABLE },
  { subject: 'fastify', peer: 'floor', figure: 'p99', atMost: 1.5, on: DURABLE },
  { subject: 'express', peer: 'express, no database', atLeast: 0.6, on: DURABLE },
  { subject: 'fastify', peer: 'oidc-provider', atLeast: 2, on: DURABLE },
  { subject: 'fastify', peer: 'better-auth', atLeast: 5, on: DURABLE },
  { subject: 'fastify', peer: 'floor', atLeast: 0.7, on: ['sqlite'] },
];

export function markdown(results) {
  return [origin(results), targets(results), ...results.map(measured)].join('\n\n');
}

function targets(results) {
  const head = [`${SESSIONS} sessions`, 'target', ...results.map(({ database }) => DATABASES[database])];
  const row = (target) => [nameOf(target), boundOf(target), ...results.map((result) => verdict(ratioIn(result, target), target))];
  return table([head, ...TARGETS.map(row)]);
}

function nameOf({ subject, peer, figure = 'requests/s' }) {
  return `${figure}: ${subject} ÷ ${peer}`;
}

function boundOf({ atLeast, atMost }) {
  return atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}

function ratioIn({ database, loads }, { subject, peer, figure = 'perSecond', on }) {
  const load = loads[SESSIONS];
  return on.includes(database) && load?.[subject] && load[peer] ? medianRatio(load[subject], load[peer], figure) : null;
}

function measured({ database, loads }) {
  const sessions = Object.keys(loads);
  const subjects = [...new Set(sessions.flatMap((number) => Object.keys(loads[number])))];
  const head = [DATABASES[database], ...sessions.map((number) => `${number} session${number === '1' ? '' : 's'}`), 'processor µs'];
  const row = (subject) => [subject, ...sessions.map((number) => cell(loads[number][subject], loads[number].floor)), cpuOf(subject)];
  const cpuOf = (subject) => count((loads[SESSIONS] ?? loads[sessions[0]])[subject].cpuMicros);
  return table([head, ...subjects.map(row)]);
}

function cell(subject, floor) {
  if (!subject) return '–';
  return `${ratio(medianRatio(subject, floor, 'perSecond'))} · ${count(subject.perSecond)}/s · p99 ${subject.p99} ms`;
}
