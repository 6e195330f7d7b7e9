// An app on a database that is full.
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS, RefreshToken } from 'nestjs-jwt-refresh';
import { createTestApp, FakeClock, loginAs } from 'nestjs-jwt-refresh/testing';
import { DataSource } from 'typeorm';
import { openPlace } from '../databases.mjs';
import { ADMINISTRATOR, AUDIENCES } from './dataset.mjs';
import { fill } from './fill.mjs';

/** The same rows each time. */
export const NOW = Date.UTC(2026, 0, 1);
/** Another process can refresh what this one has made. */
export const SECRET = 'this secret of the bench is no secret at all';

/**
 * @param rows `count` of families, and at most `events` of the audit log
 * @returns null when the environment names no such server
 */
export async function openFilledApp(name, { count, events = count, keep = false }) {
  const place = await openPlace(name, keep ? `jwt_refresh_bench_${count}` : undefined);
  if (!place) return null;
  await fillOnce(place.options, { name, count, events });
  const { app, url, close } = await start(place.options);
  const { accessToken } = await loginAs(app, ADMINISTRATOR, { content: { role: 'admin' } });
  return {
    name,
    rows: count,
    events,
    now: NOW,
    app,
    dataSource: app.get(DataSource),
    place,
    url: `${url}/admin/refresh-tokens`,
    authorization: `Bearer ${accessToken}`,
    close: () => close().then(() => place.drop()),
  };
}

function start(database) {
  return createTestApp({
    database,
    jwtRefresh: {
      secret: SECRET,
      audience: AUDIENCES,
      clock: new FakeClock(new Date(NOW)),
      admin: { authorize: ({ role }) => role === 'admin' },
    },
  });
}

/** Before an app looks for revocations each second, by an index that comes last. */
async function fillOnce(database, { name, count, events }) {
  const begun = performance.now();
  const dataSource = await new DataSource({
    ...database,
    entities: JWT_REFRESH_ENTITIES,
    migrations: JWT_REFRESH_MIGRATIONS,
    migrationsRun: true,
  }).initialize();
  const isEmpty = (await dataSource.getRepository(RefreshToken).find({ take: 1 })).length === 0;
  if (isEmpty) await fill(dataSource, { rows: count, events, now: NOW });
  console.error(`${name}, ${count} rows: ${isEmpty ? `filled in ${Math.round((performance.now() - begun) / 1000)} s` : 'was filled'}`);
  await dataSource.destroy();
}
