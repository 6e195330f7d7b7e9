const assert = require('node:assert/strict');
const { appController, appModule } = require('./app.cjs');
const { administration, clientJourney, cookieJourney, grantJourney, journey } = require('./journey.cjs');

/** The same journeys through apps made by hand, on Express and Fastify, and through one of the package's test kit. */
exports.check = async (packages) => {
  const { client, fastify, jwtRefresh, migrations, testing } = packages;
  assert.equal(migrations.JWT_REFRESH_MIGRATIONS, jwtRefresh.JWT_REFRESH_MIGRATIONS);
  const controller = appController(packages);
  for (const database of JSON.parse(process.env.DATABASES)) {
    await checkApp(packages, controller, database);
    await checkApp(packages, controller, database, new fastify.FastifyAdapter());
  }

  const kit = await testing.createTestApp({ controllers: [controller] });
  await journey(kit.url);
  await clientJourney(kit.url, client);
  await kit.close();
};

async function checkApp(packages, controller, database, adapter) {
  const options = { logger: ['error', 'fatal'], abortOnError: false };
  const app = await packages.core.NestFactory.create(appModule(packages, controller, database), ...(adapter ? [adapter, options] : [options]));
  await app.listen(0, '127.0.0.1');
  for (const journeyOf of [journey, cookieJourney, grantJourney, administration]) await journeyOf(await app.getUrl());
  await app.close();
}
