// Where the time of one refresh goes: a column for each adapter.
import { count, DATABASES, origin, table } from './markdown.mjs';

export function markdown(results) {
  return results.flatMap((result) => [origin([result]), measured(result)]).join('\n\n');
}

function measured({ database, profiles }) {
  const adapters = Object.values(profiles);
  const parts = Object.keys(adapters[0].parts).filter((part) => part !== 'idle');
  const busy = (profile) => parts.reduce((sum, part) => sum + (profile.parts[part] ?? 0), 0);
  const share = (profile, part) => `${profile.parts[part] ?? 0} µs · ${Math.round(((profile.parts[part] ?? 0) / busy(profile)) * 100)} %`;
  return table([
    [`a refresh on ${DATABASES[database]}`, ...Object.keys(profiles)],
    ...parts.map((part) => [part, ...adapters.map((profile) => share(profile, part))]),
    ['together', ...adapters.map((profile) => `${count(busy(profile))} µs`)],
  ]);
}
