import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A connection breaks before a statement reaches the database, or before its reply comes back. */
interface Trap {
  readonly word: string;
  readonly moment: 'statement' | 'reply';
  readonly sprung: (struck: boolean) => void;
}

/** Stands between an app and its database, so that a test can take the database away and give it back. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private open = true;
  private trap: Trap | null = null;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {
    server.on('connection', (client: Socket) => this.join(client));
  }

  static async before(databaseUrl: string): Promise<TcpProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, new URL(databaseUrl));
  }

  /** The database's URL by way of the proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** The database is gone: every connection breaks, new ones fail. */
  cut(): void {
    this.open = false;
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  restore(): void {
    this.open = true;
  }

  /** The next statement with this word reaches the database, but its connection breaks before the reply comes back. */
  loseNextReplyTo(word: string): void {
    void this.breakAt(word, 'reply');
  }

  /** Breaks the connection of the next statement with this word. Resolves to true when it has happened, to false when it was called off. */
  breakAt(word: string, moment: Trap['moment']): Promise<boolean> {
    return new Promise((sprung) => (this.trap = { word, moment, sprung }));
  }

  callOff(): void {
    this.trap?.sprung(false);
    this.trap = null;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private spring(data: Buffer): Trap | null {
    const { trap } = this;
    if (!trap || !data.includes(trap.word)) return null;
    this.trap = null;
    trap.sprung(true);
    return trap;
  }

  private join(client: Socket): void {
    if (!this.open) return void client.resetAndDestroy();
    const database = connect(Number(this.target.port), this.target.hostname);
    let trap: Trap | null = null;
    client.on('data', (data) => {
      trap ??= this.spring(data);
      if (trap?.moment === 'statement') client.resetAndDestroy();
      else database.write(data);
    });
    database.on('data', (data) => (trap ? client.resetAndDestroy() : client.write(data)));
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
