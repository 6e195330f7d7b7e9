// better-auth with email and password; `updateAge: 0` renews the session at each read, which is the closest it has to a refresh.
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import { createServer } from 'node:http';
import mysql from 'mysql2/promise';
import { config, serve } from '../servers/serve.mjs';

const options = {
  baseURL: 'http://127.0.0.1',
  secret: 'x'.repeat(32),
  database: mysql.createPool({ uri: config.database.url.replace('mariadb:', 'mysql:'), timezone: 'Z' }),
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  logger: { level: 'error' },
  session: { expiresIn: 14 * 86_400, updateAge: 0 },
  // The login is not measured.
  emailAndPassword: { enabled: true, password: { hash: async (password) => password, verify: async ({ hash, password }) => hash === password } },
};
await (await getMigrations(options)).runMigrations();

const server = createServer(toNodeHandler(betterAuth(options)));
server.listen(0, '127.0.0.1', () => serve(server.address().port));
