import type { AsyncCommand } from 'fast-check';
import { decodeJwt } from 'jose';
import { type Answer as FullAnswer, bearer, type HttpClient } from '../support/http';
import type { Family, Pass, ReferenceModel, Verdict } from './reference-model';
import type { Client, World } from './world';

type Answer = Pick<FullAnswer, 'status' | 'body'>;

/** What somebody does: the model does it, the real thing does it, and both must answer alike. */
export type Step = AsyncCommand<ReferenceModel, World>;

/** By which node it is answered. */
export interface Where {
  node: number;
}
/** Which family; any number means one of those there are. */
export interface Which extends Where {
  family: number;
}
/** How many generations, or access tokens, before the newest that the client holds. */
export interface Age {
  age: number;
}

/** Everything that a step looks at. */
export interface Stage {
  readonly model: ReferenceModel;
  readonly world: World;
}

/** Everything that a step about one family looks at. */
export interface Scene extends Stage {
  readonly family: Family;
  readonly client: Client;
  /** The user's name. */
  readonly subject: string;
  readonly http: HttpClient;
}

/** Its text is the code that makes it, so that a counter-example can be pasted into the regressions. */
export function step<Args>(
  name: string,
  run: (stage: Stage, args: Args) => Promise<void>,
  makesSense: (model: ReferenceModel, args: Args) => boolean = always,
) {
  return (args: Args): Step => ({
    check: (model) => makesSense(model as ReferenceModel, args),
    run: async (model, world) => {
      await run({ model, world }, args);
      await world.settle((args as Partial<Where>).node);
    },
    toString: () =>
      `${name}(${JSON.stringify(args)
        .replaceAll(/"(\w+)":/g, ' $1: ')
        .replace(/}$/, ' }')})`,
  });
}

export function familyStep<Args extends Which>(
  name: string,
  makesSense: (family: Family, args: Args) => boolean,
  run: (scene: Scene, args: Args) => Promise<void>,
) {
  return step<Args>(
    name,
    ({ model, world }, args) => {
      const [family, client] = [pick(model.families, args.family), pick(world.clients, args.family)];
      return run({ model, world, family, client, subject: world.users[family.user]!, http: world.nodes[args.node]!.http }, args);
    },
    ({ families }, args) => families.length > 0 && makesSense(pick(families, args.family), args),
  );
}

export function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!;
}

export function always(): boolean {
  return true;
}

export function isHeld({ held }: Family, { age }: Age): boolean {
  return age <= held;
}

export function hasAccess({ passes }: Family, { age }: Age): boolean {
  return age < passes.length;
}

/** What a request carries that brings an access token of the family. */
export function access({ client }: Scene, { age }: Age): Record<string, string> {
  return bearer(client.accessTokens.at(-1 - age)!);
}

/** What the model knows of that access token. */
export function passOf({ family }: Pick<Scene, 'family'>, { age }: Age): Pass {
  return family.passes.at(-1 - age)!;
}

/** Whether the access token opened the door; if not, the model knows why. */
export function isLetIn({ family, model }: Scene, { age }: Age, answer: Answer): boolean {
  const pass = passOf({ family }, { age });
  const verdict = family.show(pass, model.now);
  if ('refused' in verdict) expectRefused(answer, verdict.refused);
  else family.confirm(pass);
  return 'generation' in verdict;
}

/** One refresh token for each generation, for ever; the access token tells whose it is. */
export function expectRefresh({ family, client, subject, model }: Scene, { status, body }: Answer, verdict: Verdict): void {
  if ('refused' in verdict) return expectRefused({ status, body }, verdict.refused);
  const { generation } = verdict;
  client.refreshTokens[generation] ??= body.refresh_token;
  client.accessTokens.push(body.access_token);
  const { sub, sid, gen, exp } = decodeJwt(body.access_token ?? '');
  expect({ status, token: body.refresh_token, end: body.refresh_expires_in, sub, sid, gen, exp }).toEqual({
    status: 200,
    token: client.refreshTokens[generation],
    end: Math.round((family.expiresAt - model.now) / 1000),
    sub: subject,
    sid: client.id,
    gen: generation,
    exp: family.passes.at(-1)!.end,
  });
  expect(new Set(client.refreshTokens).size).toBe(client.refreshTokens.length);
}

function expectRefused({ status, body }: Answer, code: string): void {
  expect({ status, code: body.code }).toEqual({ status: 401, code });
}
