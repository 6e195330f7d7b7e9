import { setTimeout as pause } from 'node:timers/promises';
import { type Answer, bearer, type HttpClient } from './http';

/** Between two refreshes of a client: what is watched is who is refused, not how many get through. */
const PACE_MS = 20;

/** Where the next request goes. */
export interface Balancer {
  next(): { readonly http: HttpClient };
}

/** A client that refreshes again and again, asks a guarded route with what it got, and remembers every refusal. */
export class SteadyClient {
  readonly refusals: string[] = [];
  refreshes = 0;

  /** @param token its refresh token */
  constructor(
    private readonly nodes: Balancer,
    private token: string,
  ) {}

  async live(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.refresh();
      await pause(PACE_MS);
    }
  }

  /** A node that goes away cuts connections, or says 503: then the same token goes to the next one. */
  private async refresh(): Promise<void> {
    const answer = await this.nodes.next().http.refresh(this.token).catch(() => null); // prettier-ignore
    if (!answer || answer.status === 503) return;
    if (answer.status !== 200) return this.note(answer);
    this.refreshes += 1;
    this.token = answer.body.refresh_token as string;
    const guarded = await this.nodes.next().http.get('/me', bearer(answer.body.access_token as string)).catch(() => null); // prettier-ignore
    if (guarded && ![200, 503].includes(guarded.status)) this.note(guarded);
  }

  private note({ status, body }: Answer): void {
    this.refusals.push(`${status} ${body.code}`);
  }
}

/** Lets clients live while `work` is done. */
export async function whileLiving(clients: readonly SteadyClient[], work: () => Promise<void>): Promise<void> {
  let isOver = false;
  const lives = clients.map((client) => client.live(() => isOver));
  await work().finally(() => (isOver = true));
  await Promise.all(lives);
}
