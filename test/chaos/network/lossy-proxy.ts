import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../random';

const CHANCE_OF_LOSS = 0.25;

/** Stands between clients and an app that comes and goes. Now and then a request arrives and its answer does not. */
export class LossyProxy {
  dropped = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly target: () => number | null,
    private readonly random: Random,
  ) {
    server.on('connection', (client: Socket) => this.join(client));
  }

  static async before(target: () => number | null, random: Random): Promise<LossyProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new LossyProxy(server, target, random);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const port = this.target();
    if (port === null) return void client.resetAndDestroy();
    const app = connect(port, '127.0.0.1');
    client.on('data', (data) => app.write(data));
    app.on('data', (data) => this.passOrDrop(client, data));
    this.bind(client, app);
    this.bind(app, client);
  }

  private passOrDrop(client: Socket, answer: Buffer): void {
    if (client.destroyed) return;
    if (!this.random.chance(CHANCE_OF_LOSS)) return void client.write(answer);
    this.dropped++;
    client.resetAndDestroy();
  }

  private bind(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
  }
}
