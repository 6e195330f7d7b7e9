const assert = require('node:assert/strict');
const { appController, appModule } = require('./app.cjs');
const { administration, journey } = require('./journey.cjs');

/** The same journey through an app made by hand and through one of the package's test kit. */
exports.check = async (packages) => {
  const { core, jwtRefresh, migrations, testing } = packages;
  assert.equal(migrations.JWT_REFRESH_MIGRATIONS, jwtRefresh.JWT_REFRESH_MIGRATIONS);
  const controller = appController(packages);

  const app = await core.NestFactory.create(appModule(packages, controller), { logger: ['error', 'fatal'], abortOnError: false });
  await app.listen(0, '127.0.0.1');
  await journey(await app.getUrl());
  await administration(await app.getUrl());
  await app.close();

  const kit = await testing.createTestApp({ controllers: [controller] });
  await journey(kit.url);
  await kit.close();
};
