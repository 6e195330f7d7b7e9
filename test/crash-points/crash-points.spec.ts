import { type DatabaseKind, databaseKinds, type ScratchDatabase } from '../support/databases';
import { Campaign } from './campaign';
import { DemoWithPoints } from './victim-process';

const { CRASH_RUNS = '1', CRASH_DATABASES = 'sqlite' } = process.env;
const RUNS = Number(CRASH_RUNS);

/** A demo has one connection to SQLite and ten to a server; eight of them may wait. */
const shapeOf = ({ name }: DatabaseKind) =>
  name === 'sqlite' ? { demos: 48, databases: 48, connections: 1 } : { demos: 6, databases: 1, connections: 8 };

/** On SQLite a rotation's own commit is an await of the module's. */
const commitPointsOf = ({ name }: DatabaseKind) =>
  name === 'sqlite' ? ['before', 'after'].map((end) => `${end} shared-commit commitTogether: executeOnFile(runner, first)`) : [];

describe.each(databaseKinds.filter(({ name }) => CRASH_DATABASES.split(',').includes(name)))('a process that is killed [$name]', (kind) => {
  let demo: DemoWithPoints;
  let scratches: ScratchDatabase[];

  beforeAll(async () => {
    demo = new DemoWithPoints();
    scratches = await Promise.all(Array.from({ length: shapeOf(kind).databases }, () => kind.create()));
  });
  afterAll(async () => {
    demo.remove();
    await Promise.all(scratches.map((scratch) => scratch.drop()));
  });

  it(
    `loses nothing that was answered, leaves nothing half done, and every client gets on, wherever it is killed, ${RUNS} time(s)`,
    async () => {
      const { demos, connections } = shapeOf(kind);
      const databases = Array.from({ length: demos }, (_, i) => scratches[i % scratches.length]!.url);
      const campaign = new Campaign(demo, databases, connections);
      const points = await campaign.findPoints();
      expect(points.map(({ name }) => name)).toEqual(expect.arrayContaining(commitPointsOf(kind)));
      for (let run = 0; run < RUNS; run++) await campaign.run(points);
      await campaign.end();
      const { killed, waiting, missed } = campaign.tally;
      expect(missed).toEqual([]);
      expect(waiting).toBe(points.length * RUNS);
      console.log(`${kind.name}: ${points.length} points; ${killed} processes killed with ${waiting} requests at their points`);
    },
    120_000 + RUNS * 120_000,
  );
});
