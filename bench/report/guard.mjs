// Requests a second through guards: each figure beside its ratio to the route without one, then the targets.
import { medianRatio } from '../load/rounds.mjs';
import { count, origin, ratio, table, verdict } from './markdown.mjs';

const PATTERNS = ['repeated', 'distinct'];

export function markdown(results) {
  return results.flatMap((result) => [origin([result]), targets(result), ...Object.entries(result.adapters).map(measured)]).join('\n\n');
}

function targets({ modes, adapters }) {
  const ours = modes.includes('bounded') ? 'bounded' : modes[0];
  const hs256 = `HS256 ${ours}, repeated`;
  const rows = [
    ...PATTERNS.map((pattern) => target(`HS256 ${ours}, ${pattern}`, `HS256 raw-hmac, ${pattern}`, 0.85)),
    target(hs256, 'HS256 passport-jwt, repeated', 5),
    target(hs256, 'HS256 passport-jwt-key-object, repeated', 1.3),
    ...['RS256', 'ES256', 'EdDSA'].map((algorithm) => target(`${algorithm} ${ours}, repeated`, hs256, 0.85)),
  ];
  const head = ['guard ÷ guard, token', 'target', ...Object.keys(adapters)];
  return table([head, ...rows.map(({ name, bound, of }) => [name, bound, ...Object.values(adapters).map(of)])]);
}

function target(subject, peer, atLeast) {
  const of = (guards) => verdict(guards[subject] && guards[peer] ? medianRatio(guards[subject], guards[peer], 'perSecond') : null, { atLeast });
  return { name: `${subject} ÷ ${peer}`, bound: `≥ ${atLeast}`, of };
}

function measured([adapter, guards]) {
  const names = [...new Set(Object.keys(guards).map((name) => name.split(',')[0]))];
  const open = guards['HS256 open, repeated'];
  const cell = (guard) =>
    guard ? `${open ? `${ratio(medianRatio(guard, open, 'perSecond'))} · ` : ''}${count(guard.perSecond)}/s · ${guard.cpuMicros} µs` : '–';
  const head = [adapter, 'one token', 'distinct tokens'];
  return table([head, ...names.map((name) => [name, ...PATTERNS.map((pattern) => cell(guards[`${name}, ${pattern}`]))])]);
}
