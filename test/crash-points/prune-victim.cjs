// An app that prunes once, at a time of its own, as far as one named await.
require('./points.cjs');
const { join } = require('node:path');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { TypeOrmModule } = require('@nestjs/typeorm');

process.once('message', async ({ build, database, secret, now, stopAt }) => {
  const { JWT_REFRESH_ENTITIES, JwtRefreshModule, PruneService } = require(join(build, 'dist/index.js'));
  class AppModule {}
  Module({
    imports: [
      TypeOrmModule.forRoot({ ...database, entities: [...JWT_REFRESH_ENTITIES] }),
      JwtRefreshModule.forRoot({ secret, issuer: 'https://api.example.com', audience: 'web', clock: { now: () => now }, prune: { enabled: false } }),
    ],
  })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error'] });
  const { run, finish } = globalThis.crashPoint.begin('prune', stopAt);
  await run(() => app.get(PruneService).run());
  finish();
});
