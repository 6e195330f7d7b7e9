// One route of one app behind each guard: none, the least, passport-jwt, and this library's in each of its modes.
import { Controller, Get, Inject, Module, Post, Query, Req, UseGuards } from '@nestjs/common';
import { createSecretKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { JwtAuthGuard, JwtRefreshService, SessionCheck } from 'nestjs-jwt-refresh';
import { AccessTokenService } from '../../dist/tokens/access-token.service.js';
import { libraryModules } from './library.mjs';
import { listen, route } from './nest.mjs';
import { passportGuard, rawHmacGuard } from './other-guards.mjs';
import { config, serve } from './serve.mjs';

const TOKENS_A_SESSION = 400;

const secret = randomBytes(32).toString('hex');
const key = { id: 'bench', algorithm: config.algorithm, ...keyMaterial(config.algorithm) };
const [documentedGuard, DocumentedStrategy] = passportGuard('documented', secret);
const [keyObjectGuard, KeyObjectStrategy] = passportGuard('key-object', createSecretKey(Buffer.from(secret)));

class BenchController {
  constructor(jwtRefresh, accessTokens) {
    this.jwtRefresh = jwtRefresh;
    this.accessTokens = accessTokens;
  }

  async tokens(count) {
    const tokens = [];
    while (tokens.length < count) {
      const subject = crypto.randomUUID();
      await this.jwtRefresh.issue({ subject, content: { role: 'user' } });
      const [session] = await this.jwtRefresh.sessions(subject);
      for (let index = 0; index < TOKENS_A_SESSION; index++) tokens.push((await this.accessTokens.sign(session, Date.now())).token);
    }
    return tokens.slice(0, count);
  }

  whoAmI({ user }) {
    return { sub: user?.sub ?? 'nobody' };
  }
}
Controller()(BenchController);
Inject(JwtRefreshService)(BenchController, undefined, 0);
Inject(AccessTokenService)(BenchController, undefined, 1);
route(BenchController, 'tokens', [Post('tokens')], Query('count'));
guardedRoute('open');
guardedRoute('raw-hmac', UseGuards(rawHmacGuard(secret)));
guardedRoute('passport-jwt', UseGuards(documentedGuard));
guardedRoute('passport-jwt-key-object', UseGuards(keyObjectGuard));
for (const mode of config.modes) guardedRoute(mode, UseGuards(JwtAuthGuard), SessionCheck(mode));

/** Metadata sits on the function, so each route has one of its own. */
function guardedRoute(path, ...decorators) {
  const { whoAmI } = BenchController.prototype;
  BenchController.prototype[path] = function (request) {
    return whoAmI(request);
  };
  route(BenchController, path, [Get(path), ...decorators], Req());
}

class AppModule {}
Module({
  imports: await libraryModules({ ...config, jwtRefresh: { accessToken: { keys: [key] }, passportStrategy: false } }),
  controllers: [BenchController],
  providers: [DocumentedStrategy, KeyObjectStrategy],
})(AppModule);

function keyMaterial(algorithm) {
  if (algorithm === 'HS256') return { secret };
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return algorithm === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
}

const { app, port } = await listen(AppModule, config.adapter);
serve(port, { close: () => app.close() });
