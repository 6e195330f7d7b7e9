// Apps that prune once, each at a time of its own, as far as one named await.
require('./points.cjs');
const { join } = require('node:path');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { TypeOrmModule } = require('@nestjs/typeorm');

// Each app has a stream to the log.
process.setMaxListeners(0);

process.once('message', async ({ build, secret, jobs }) => {
  const library = require(join(build, 'dist/index.js'));
  const apps = [];
  for (const job of jobs) apps.push(await start(library, secret, job));
  await Promise.all(jobs.map(({ id, stopAt }, i) => prune(apps[i].get(library.PruneService), id, stopAt)));
});

function start({ JWT_REFRESH_ENTITIES, JwtRefreshModule }, secret, { database, now }) {
  class AppModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...database, entities: [...JWT_REFRESH_ENTITIES] }),
      JwtRefreshModule.forRoot({ secret, issuer: 'https://api.example.com', audience: 'web', clock: { now: () => now }, prune: { enabled: false } }),
    ],
  })(AppModule);
  return NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
}

async function prune(service, id, stopAt) {
  const { run, finish } = globalThis.crashPoint.begin(id, stopAt);
  await run(() => service.run());
  finish();
}
