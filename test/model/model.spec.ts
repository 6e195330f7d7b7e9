import fc from 'fast-check';
import { type DatabaseKind, databaseKinds } from '../support/databases';
import { REGRESSIONS } from './regressions';
import type { Rules } from './reference-model';
import { follow, RULES, sequences } from './sequences';
import { World } from './world';

const { MODEL_SEQUENCES = '60', MODEL_SEED = '1', MODEL_DATABASES, MODEL_SHRINK = 'yes' } = process.env;
/** On each database, from a seed that is the same each time; `npm run model` takes others. */
const COUNT = Math.ceil(Number(MODEL_SEQUENCES) / RULES.length);
const SEED = Number(MODEL_SEED);
/** A world gets slower with what has happened in it. */
const COUNT_PER_WORLD = 500;

const chosen = databaseKinds.filter(({ name }) => !MODEL_DATABASES || MODEL_DATABASES.split(',').includes(name));

describe.each(chosen)('the module and its reference model [$name]', (kind) => {
  it.each(RULES)(
    `answer alike to ${COUNT} sequences of steps from seed ${SEED}, %j`,
    async (rules) => {
      for (let done = 0; done < COUNT; done += COUNT_PER_WORLD) {
        await inNewWorld(kind, rules, async (world) => {
          const property = fc.asyncProperty(sequences(rules), (sequence) => follow(world, rules, sequence));
          await fc.assert(property, { seed: SEED + done, numRuns: Math.min(COUNT - done, COUNT_PER_WORLD), endOnFailure: MODEL_SHRINK === 'no' });
        });
      }
    },
    60_000 + COUNT * 1000,
  );

  it.each(REGRESSIONS)('$rule', ({ rules, steps }) => inNewWorld(kind, rules, (world) => follow(world, rules, steps)));
});

async function inNewWorld(kind: DatabaseKind, rules: Rules, use: (world: World) => Promise<void>): Promise<void> {
  const database = await kind.create();
  const world = await World.open(database.url, rules);
  try {
    await use(world);
  } finally {
    await world.close();
    await database.drop();
  }
}
