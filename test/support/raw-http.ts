import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test may say whatever it likes. */
export class RawConnection {
  private answer = '';
  private readonly closed: Promise<unknown>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('latin1').on('data', (text: string) => (this.answer += text));
    socket.on('error', () => undefined);
    this.closed = once(socket, 'close');
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  write(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Hangs up without waiting for an answer. */
  abandon(): void {
    this.socket.destroy();
  }

  /** The status lines of everything the server said until it closed the connection. */
  async statuses(): Promise<number[]> {
    await this.closed;
    return [...this.answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  }
}

/** Sends these bytes on a connection of their own. @returns the statuses of the answers */
export async function sayRaw(url: string, bytes: string | Buffer): Promise<number[]> {
  const connection = await RawConnection.open(url);
  connection.write(bytes);
  return connection.statuses();
}

/** A request as it goes over the wire; the server closes the connection afterwards. */
export function rawRequest(path: string, headers: readonly string[], body = '', method = 'POST'): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, '', body].join('\r\n');
}
