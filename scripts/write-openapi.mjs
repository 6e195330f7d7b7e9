/** Writes docs/openapi.json: what the controllers of the built demo say of themselves. Nothing listens, and nothing is kept. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const FILE = join(import.meta.dirname, '../docs/openapi.json');

Object.assign(process.env, { DATABASE_URL: 'sqlite::memory:', JWT_REFRESH_SECRET: 'only to describe the API, never to make tokens' });
const { NestFactory } = await import('@nestjs/core');
const { AppModule } = await import('../dist-demo/demo/app.module.js');
const { describeApi } = await import('../dist-demo/demo/api-docs.js');

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
writeFileSync(FILE, await format(JSON.stringify(describeApi(app)), { ...(await resolveConfig(FILE)), filepath: FILE }));
await app.close();
