import { setTimeout as wait } from 'node:timers/promises';
import type { DemoProcess } from '../../support/demo-process';

/** How users fared: times of their answers in milliseconds. */
export interface Fared {
  readonly refreshes: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
}

/** Users who refresh now and then, whether or not the server is slow: what it delays, it delays for the next one too. */
export class HonestUsers {
  /** One at a time for each user: nobody refreshes again before the answer is there. */
  private readonly turns: Promise<number>[];

  private constructor(
    private readonly nodes: DemoProcess[],
    private readonly tokens: string[],
  ) {
    this.turns = tokens.map(() => Promise.resolve(200));
  }

  /** Each stays with one of the nodes. */
  static async logIn(nodes: DemoProcess[], count: number): Promise<HonestUsers> {
    const tokens: string[] = [];
    while (tokens.length < count) tokens.push((await nodes[0]!.login('alice')).body.refresh_token as string);
    return new HonestUsers(nodes, tokens);
  }

  async refreshFor(seconds: number, perSecond: number): Promise<Fared> {
    const times: number[] = [];
    let refused = 0;
    const start = performance.now();
    const pending: Promise<void>[] = [];
    for (let index = 0; index < seconds * perSecond; index++) {
      const due = start + (index * 1000) / perSecond;
      await wait(Math.max(0, due - performance.now()));
      pending.push(
        this.takeTurn(index % this.tokens.length).then((status) => {
          times.push(performance.now() - due);
          if (status !== 200) refused++;
        }),
      );
    }
    await Promise.all(pending);
    times.sort((a, b) => a - b);
    const at = (part: number) => Number(times[Math.floor((times.length - 1) * part)]!.toFixed(1));
    return { refreshes: times.length, refused, p50: at(0.5), p99: at(0.99) };
  }

  private takeTurn(user: number): Promise<number> {
    const turn = this.turns[user]!.then(() => this.refreshOne(user));
    this.turns[user] = turn;
    return turn;
  }

  private async refreshOne(user: number): Promise<number> {
    const { status, body } = await this.nodes[user % this.nodes.length]!.http.refresh(this.tokens[user]);
    if (status === 200) this.tokens[user] = body.refresh_token as string;
    return status;
  }
}
