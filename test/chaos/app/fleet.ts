import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random';
import { PATIENCE_MS } from '../settings';
import { AppNode, type NodeSurroundings } from './app-node';

const STEP_MS = 20;
const ADAPTERS = ['express', 'fastify'] as const;

/** All processes of the app, of both HTTP adapters, behind a balancer that soon sees who does not answer. */
export class Fleet {
  private constructor(readonly nodes: readonly AppNode[]) {}

  /** The first process migrates the database, then the others start. @throws Error when one does not */
  static async start(size: number, surroundings: NodeSurroundings, random: Random): Promise<Fleet> {
    const open = (_: unknown, index: number) => {
      const env = { ...surroundings.env, HTTP_ADAPTER: ADAPTERS[index % ADAPTERS.length]! };
      return AppNode.open(index, { ...surroundings, env }, random.fork(`proxy ${index}`));
    };
    const nodes = await Promise.all(Array.from({ length: size }, open));
    const fleet = new Fleet(nodes);
    try {
      for (const node of nodes) await node.start();
      return fleet;
    } catch (error) {
      await fleet.close();
      throw error;
    }
  }

  /** One that answers, as soon as there is one; null when none comes. */
  async pick(random: Random): Promise<AppNode | null> {
    for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
      const serving = this.nodes.filter(({ isServing }) => isServing);
      if (serving.length > 0) return random.pick(serving);
      await sleep(STEP_MS);
    }
    return null;
  }

  async allListen(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.listens()));
  }

  async setShift(shift: number): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.setShift(shift)));
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }
}
