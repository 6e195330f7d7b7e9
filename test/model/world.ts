import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type JwtRefreshModuleOptions, type PruneReport, PruneService, RefreshToken, RefreshTokenEventRecord } from 'nestjs-jwt-refresh';
import { createTestApp, FakeClock, type TestApp, type TestAppOptions } from 'nestjs-jwt-refresh/testing';
import type { DataSource } from 'typeorm';
import { AuditQueue } from '../../src/audit/audit.queue';
import { RevocationFeed } from '../../src/revocation/revocation-feed';
import { Confirmations } from '../../src/rotation/confirmations';
import { ADMINISTRATORS, AdminClient } from '../support/admin-client';
import { databaseFromUrl } from '../support/databases';
import { type Answer, HttpClient } from '../support/http';
import { LoginController } from '../support/login.controller';
import { ProbeController } from '../support/probe.controller';
import { newSubject } from '../support/stack';
import type { Rules } from './reference-model';

export const ADMIN_SUBJECT = 'admin';
const SECRET = 'a secret that both nodes share: q8Xr2mVb71LkTz';

/** A family as its client knows it: tokens by generation, access tokens in their order. */
export interface Client {
  readonly id: string;
  readonly refreshTokens: string[];
  readonly accessTokens: string[];
}

/** Reaches an app through its HTTP server, without a socket. */
class InjectedHttp extends HttpClient {
  constructor(private readonly app: NestFastifyApplication) {
    super('');
  }

  override async send(method: string, url: string, { headers, body }: RequestInit): Promise<Answer> {
    const answer = await this.app.inject({ method: method as 'GET', url, headers: headers as Record<string, string>, payload: body as string });
    return { status: answer.statusCode, headers: new Headers(), body: answer.body === '' ? '' : answer.json() };
  }
}

/** One node of the app. */
export class Node {
  private constructor(
    private readonly test: TestApp,
    readonly http: HttpClient,
  ) {}

  static async start(databaseUrl: string, jwtRefresh: Partial<JwtRefreshModuleOptions>): Promise<Node> {
    const database = { ...databaseFromUrl(databaseUrl), migrationsRun: true } as TestAppOptions['database'];
    const test = await createTestApp({ controllers: [LoginController, ProbeController], adapter: new FastifyAdapter(), database, jwtRefresh });
    return new Node(test, new InjectedHttp(test.app as NestFastifyApplication));
  }

  get dataSource(): DataSource {
    return this.test.app.get<DataSource>(getDataSourceToken());
  }

  administrator(): Promise<AdminClient> {
    const login = (subject: string, input = {}) => this.test.jwtRefresh.issue({ ...input, subject });
    return AdminClient.signIn({ http: this.http, login }, ADMIN_SUBJECT);
  }

  flushAudit(): Promise<void> {
    return this.test.app.get(AuditQueue).flush();
  }

  prune(): Promise<PruneReport | null> {
    return this.test.app.get(PruneService).run();
  }

  /** As it does by itself within a second or so. */
  async hearOfRevocations(): Promise<void> {
    await this.test.app.get(RevocationFeed).look();
  }

  /** As it does by itself within a second or so. */
  async writeConfirmations(): Promise<void> {
    await this.test.app.get(Confirmations).flush();
  }

  stop(): Promise<void> {
    return this.test.close();
  }
}

/** The real thing: two nodes over one database, one clock that stands still, and clients that keep their tokens. */
export class World {
  readonly clock = new FakeClock();
  /** Two users whose names differ in nothing but case. */
  users: readonly string[] = [];
  clients: Client[] = [];

  readonly nodes: Node[] = [];

  private constructor(
    private readonly databaseUrl: string,
    private readonly rules: Rules,
  ) {}

  static async open(databaseUrl: string, rules: Rules): Promise<World> {
    const world = new World(databaseUrl, rules);
    // One after the other: the first migrates.
    for (let i = 0; i < 2; i++) world.nodes.push(await world.start());
    return world;
  }

  /** Nobody of an earlier sequence is in the way. */
  reset(): void {
    const name = newSubject();
    this.users = [name, name.toUpperCase()];
    this.clients = [];
  }

  administrator(node: number): Promise<AdminClient> {
    return this.nodes[node]!.administrator();
  }

  /** A second or so goes by after a step; the node that took it knows at once what it did. */
  async settle(node?: number): Promise<void> {
    const others = this.nodes.filter((_, index) => index !== node);
    if (this.rules.check === 'bounded') for (const other of others) await other.hearOfRevocations();
    if (this.rules.confirmSeconds > 0) for (const each of this.nodes) await each.writeConfirmations();
  }

  async restart(node: number): Promise<void> {
    await this.nodes[node]!.stop();
    this.nodes[node] = await this.start();
  }

  /** The users' rows, oldest first. */
  async rows(): Promise<RefreshToken[]> {
    return this.find(RefreshToken);
  }

  /** The users' lines in the audit log, with everything that still waited. */
  async events(): Promise<RefreshTokenEventRecord[]> {
    for (const node of this.nodes) await node.flushAudit();
    return this.find(RefreshTokenEventRecord);
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }

  private start(): Promise<Node> {
    return Node.start(this.databaseUrl, { ...optionsFor(this.rules), clock: this.clock });
  }

  private async find<Row extends { id: string; subject: string | null }>(entity: new () => Row): Promise<Row[]> {
    const repository = this.nodes[0]!.dataSource.getRepository<{ id: string; subject: string | null }>(entity);
    const found = await Promise.all(this.users.map((subject) => repository.find({ where: { subject }, order: { id: 'ASC' } })));
    return found.flat() as Row[];
  }
}

function optionsFor(rules: Rules): Partial<JwtRefreshModuleOptions> {
  return {
    secret: SECRET,
    accessToken: { lifetime: rules.accessSeconds },
    refreshToken: {
      lifetime: rules.idleSeconds,
      maxLifetime: rules.absoluteSeconds,
      graceSeconds: rules.graceSeconds,
      retryUntilConfirmed: rules.confirmSeconds || false,
    },
    maxSessionsPerSubject: Number.isFinite(rules.sessionLimit) ? rules.sessionLimit : undefined,
    revocation: { check: rules.check, superseded: rules.endsSuperseded ? 'reject' : 'accept' },
    prune: { enabled: false, keepFor: rules.keepSeconds },
    audit: { rotationsFor: '10y' },
    admin: ADMINISTRATORS,
  };
}
