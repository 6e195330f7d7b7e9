import { exchange, type HttpRequest, NO_REPLY, type Reply } from '../network/exchange';
import type { Call } from '../history/records';
import type { Random } from '../random';
import type { World } from '../world';

/** How a client reaches the app: well, through its own bad connection, or through a proxy that loses answers. */
export type Quality = 'good' | 'lossy' | 'proxy';

const CHANCE_OF_LOSS = 0.25;
/** Where a request goes when no process serves for a minute: nothing excuses that. */
const NO_NODE = -1;

export interface Exchange extends Call {
  readonly reply: Reply;
}

/** One client's way to the app. */
export class Network {
  constructor(
    private readonly world: World,
    private readonly random: Random,
    private readonly quality: Quality,
  ) {}

  send(request: HttpRequest): Promise<Exchange> {
    return this.world.wire.run(() => this.exchange(request));
  }

  private async exchange(request: HttpRequest): Promise<Exchange> {
    const { fleet, clock } = this.world;
    const node = await fleet.pick(this.random);
    if (!node) return { node: NO_NODE, sent: clock.now(), ended: clock.ended(), answer: 'lost', reply: NO_REPLY };
    const throughProxy = this.quality === 'proxy';
    const loses = this.quality === 'lossy' && this.random.chance(CHANCE_OF_LOSS);
    const sent = clock.now();
    const reply = await exchange(throughProxy ? node.proxy.port : node.port!, request, loses);
    const ended = clock.ended();
    const isLost = reply.status === null;
    const dropped = isLost && (throughProxy || loses) ? true : undefined;
    if (dropped && loses) this.world.counts.droppedByClient++;
    return { node: node.index, sent, ended, answer: answerOf(reply), dropped, reply };
  }
}

function answerOf({ status, body }: Reply): string {
  if (status === null) return 'lost';
  if (status < 300) return 'done';
  if (status >= 500) return 'unavailable';
  return (body as { code?: string } | null)?.code ?? `http_${status}`;
}
