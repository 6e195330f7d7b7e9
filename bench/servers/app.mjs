// The least of a host's app: this library with its default options, a login, a guarded route, and one that touches no database.
import { Body, Controller, Get, HttpCode, Inject, Module, Post, Req, UseGuards } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import * as library from 'nestjs-jwt-refresh';
import { libraryModules } from './library.mjs';
import { listen, route } from './nest.mjs';
import { config, serve } from './serve.mjs';
import { newSecret, sha256, tokenResponse } from './token-response.mjs';

class BenchController {
  constructor(jwtRefresh) {
    this.jwtRefresh = jwtRefresh;
  }

  login(request) {
    return this.jwtRefresh.issue({ subject: randomUUID(), request });
  }

  whoAmI({ user }) {
    return { sub: user.sub };
  }

  /** All that the floor does, but for the database. */
  withoutDatabase({ refresh_token: token }) {
    sha256(token);
    const successor = newSecret();
    sha256(successor);
    return tokenResponse('user', randomUUID(), successor);
  }
}
Controller()(BenchController);
Inject(library.JwtRefreshService)(BenchController, undefined, 0);
route(BenchController, 'login', [Post('login'), HttpCode(200)], Req());
route(BenchController, 'whoAmI', [Get('whoami'), UseGuards(library.JwtAuthGuard)], Req());
route(BenchController, 'withoutDatabase', [Post('without-database'), HttpCode(200)], Body());

class AppModule {}
Module({ imports: await libraryModules(config), controllers: [BenchController] })(AppModule);

const { app, port } = await listen(AppModule, config.adapter);
const jwtRefresh = app.get(library.JwtRefreshService);
serve(port, {
  close: () => app.close(),
  prune: () => app.get(library.PruneService).run(AbortSignal.timeout(config.pruneMs)),
  feed: () => jwtRefresh.revocationFeed(),
  fill: () => issueMany(config.fill),
});

async function issueMany({ subject, count }) {
  let left = count;
  const work = async () => {
    while (left-- > 0) await jwtRefresh.issue({ subject });
  };
  await Promise.all(Array.from({ length: 32 }, work));
}
