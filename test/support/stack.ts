import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { AuditQueue } from '../../src/audit/audit.queue';
import { getDataSourceToken } from '@nestjs/typeorm';
import { createTestApp, loginAs, type TestApp, type TestAppOptions } from 'nestjs-jwt-refresh/testing';
import type { IssueInput, RefreshTokenEventRecord, TokenPair } from 'nestjs-jwt-refresh';
import { RefreshToken, RefreshTokenEventRecord as EventRecord } from 'nestjs-jwt-refresh';
import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { databaseFromUrl, type DatabaseKind, databaseKinds, type ScratchDatabase } from './databases';
import { DemoProcess } from './demo-process';
import { HttpClient } from './http';
import { PassportController, ProbeController } from './probe.controller';
import { StatementLog } from './statement-log';

const ADAPTERS: Record<string, () => AbstractHttpAdapter | undefined> = {
  express: () => undefined,
  fastify: () => new FastifyAdapter(),
};

/** A running app with everything a test wants to look at. */
export interface RunningApp extends TestApp {
  readonly http: HttpClient;
  readonly statements: StatementLog;
  readonly dataSource: DataSource;
  login(subject: string, input?: Omit<IssueInput, 'subject'>): Promise<TokenPair>;
  /** The rows of one subject. */
  rows(subject: string): Promise<RefreshToken[]>;
  /** The audit log of one subject, oldest first, with everything written that was still waiting. */
  audit(subject: string): Promise<RefreshTokenEventRecord[]>;
}

/** One database and one adapter; apps and demos started on it share the database and are closed at the end. */
export class Stack {
  private scratch!: ScratchDatabase;
  private apps: RunningApp[] = [];
  private demos: DemoProcess[] = [];
  private readonly secret = randomBytes(48).toString('base64');

  constructor(
    readonly kind: DatabaseKind,
    readonly adapter: string,
  ) {}

  get url(): string {
    return this.scratch.url;
  }

  async open(): Promise<void> {
    this.scratch = await this.kind.create();
  }

  async close(): Promise<void> {
    await Promise.all([...this.apps.map((app) => app.close()), ...this.demos.map((demo) => demo.stop())]);
    await this.scratch.drop();
  }

  /** Starts an app, which prunes only if the options say so; `url` reaches the same database another way. */
  async start(options: TestAppOptions['jwtRefresh'] = {}, more: Omit<TestAppOptions, 'jwtRefresh'> = {}, url = this.url): Promise<RunningApp> {
    const statements = new StatementLog();
    const app = await createTestApp({
      controllers: [ProbeController, PassportController],
      adapter: ADAPTERS[this.adapter]!(),
      ...more,
      jwtRefresh: { prune: { enabled: false }, ...options },
      database: { ...databaseFromUrl(url), migrationsRun: true, logging: true, logger: statements, ...more.database } as TestAppOptions['database'],
    });
    const running = withViews(app, statements);
    this.apps.push(running);
    return running;
  }

  /** Starts the demo, in a process of its own. The demos of a stack have one secret. @param main the built demo of another version */
  async startDemo(env: Record<string, string> = {}, main?: string): Promise<DemoProcess> {
    const demo = await DemoProcess.start({ DATABASE_URL: this.url, HTTP_ADAPTER: this.adapter, JWT_REFRESH_SECRET: this.secret, ...env }, main);
    this.demos.push(demo);
    return demo;
  }
}

function withViews(test: TestApp, statements: StatementLog): RunningApp {
  const app: INestApplication = test.app;
  const dataSource = app.get<DataSource>(getDataSourceToken());
  let closed: Promise<void> | undefined;
  return {
    ...test,
    close: () => (closed ??= test.close()),
    http: new HttpClient(test.url),
    statements,
    dataSource,
    login: (subject, input) => loginAs(app, subject, input),
    rows: (subject) => dataSource.getRepository(RefreshToken).find({ where: { subject }, order: { id: 'ASC' } }),
    audit: async (subject) => {
      await app.get(AuditQueue).flush();
      return dataSource.getRepository(EventRecord).find({ where: { subject }, order: { id: 'ASC' } });
    },
  };
}

const CHOSEN_ADAPTERS = ['express', 'fastify'];

/** Runs one suite on every database and adapter at hand. */
export function describeOnEveryStack(title: string, suite: (stack: Stack) => void): void {
  for (const kind of databaseKinds) {
    for (const adapter of CHOSEN_ADAPTERS) describeStack(`${title} [${kind.name}, ${adapter}]`, new Stack(kind, adapter), suite);
  }
}

/** Runs one suite on every database at hand, for what no adapter takes part in. */
export function describeOnEveryDatabase(title: string, suite: (stack: Stack) => void): void {
  for (const kind of databaseKinds) describeStack(`${title} [${kind.name}]`, new Stack(kind, 'fastify'), suite);
}

/** Runs one suite on SQLite with both adapters, for what no database takes part in. */
export function describeOnEveryAdapter(title: string, suite: (stack: Stack) => void): void {
  const sqlite = databaseKinds.find(({ name }) => name === 'sqlite');
  for (const adapter of CHOSEN_ADAPTERS) if (sqlite) describeStack(`${title} [${adapter}]`, new Stack(sqlite, adapter), suite);
}

function describeStack(title: string, stack: Stack, suite: (stack: Stack) => void): void {
  describe(title, () => {
    beforeAll(() => stack.open());
    afterAll(() => stack.close());
    suite(stack);
  });
}

let subjects = 0;

/** A subject nobody else has. */
export const newSubject = (): string => `user-${process.pid}-${++subjects}`;
