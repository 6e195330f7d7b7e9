import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import { serveApiDocs } from './api-docs';
import { AppModule } from './app.module';
import { environment } from './environment';
import { explainBootError } from './explain-boot-error';
import { welcome } from './welcome';

/** As Node's own: a connection whose last answer was under way at SIGTERM keeps the process for so long, and Fastify's default is 72 s. */
const KEEP_ALIVE_MS = 5000;
/** A slash at the end means nothing, as on Express. */
const FASTIFY_OPTIONS = { keepAliveTimeout: KEEP_ALIVE_MS, routerOptions: { ignoreTrailingSlash: true } };

async function createApp(): Promise<INestApplication> {
  const options = { logger: ['error', 'warn', 'fatal'] as ('error' | 'warn' | 'fatal')[], abortOnError: false };
  if (environment.httpAdapter === 'fastify') {
    const { FastifyAdapter } = await import('@nestjs/platform-fastify');
    return NestFactory.create(AppModule, new FastifyAdapter(FASTIFY_OPTIONS), options);
  }
  const app = await NestFactory.create<NestExpressApplication>(AppModule, options);
  app.disable('x-powered-by');
  return app;
}

async function start(): Promise<void> {
  const app = await createApp();
  app.enableShutdownHooks();
  serveApiDocs(app);
  await app.listen(environment.port, environment.host);
  console.log(welcome(await app.getUrl(), withoutPassword(environment.databaseUrl), environment.transport));
}

function withoutPassword(url: string): string {
  return url.replace(/^(\w+:\/\/[^:@/]*):.*@/, '$1:…@');
}

start().catch((error: unknown) => {
  console.error(explainBootError(error, withoutPassword(environment.databaseUrl)));
  process.exit(1);
});
