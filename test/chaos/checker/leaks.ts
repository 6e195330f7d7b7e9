import type { Random } from '../random';

const PART_LENGTH = 12;
const SAMPLE_SIZE = 500;
/** Of failed requests there are fewer: most campaigns keep all. */
const SUSPECTS_SIZE = 10_000;
/** 63 of 64 bytes: the first one shares a character with what is before it. */
const SECRETS_LENGTH = 84;

/** A refresh token and the access token that came with it; a key has none. */
interface Offer {
  readonly refresh: string;
  readonly access: string;
}

/** Some of all the tokens that were handed out, and of those whose request failed: of each kind, each as likely as any other. */
export class TokenSample {
  private readonly some: Reservoir;
  private readonly suspects: Reservoir;

  constructor(random: Random) {
    this.some = new Reservoir(SAMPLE_SIZE, random.fork('some'));
    this.suspects = new Reservoir(SUSPECTS_SIZE, random.fork('suspects'));
  }

  get tokens(): string[] {
    return [...new Set([...this.some.items, ...this.suspects.items])];
  }

  offer(tokens: Offer): void {
    for (const token of partsWorthLookingFor(tokens)) this.some.offer(token);
  }

  /** The request that they came with got no answer, or 5xx. */
  suspect(tokens: Offer): void {
    for (const token of partsWorthLookingFor(tokens)) this.suspects.offer(token);
  }
}

/** So many of all that was offered. */
class Reservoir {
  readonly items: string[] = [];
  private offered = 0;

  constructor(
    private readonly size: number,
    private readonly random: Random,
  ) {}

  offer(item: string): void {
    const place = this.items.length < this.size ? this.items.length : this.random.integer(0, this.offered);
    if (place < this.size) this.items[place] = item;
    this.offered++;
  }
}

/** Looks for parts of tokens in texts. */
export class LeakSearch {
  private readonly parts = new Set<string>();

  constructor(tokens: readonly string[]) {
    for (const token of tokens) for (const part of partsOf(token)) this.parts.add(part);
  }

  /** @returns the first part that the text has, or null */
  find(text: string): string | null {
    for (const part of partsOf(text)) if (this.parts.has(part)) return part;
    return null;
  }
}

function partsWorthLookingFor({ refresh, access }: Offer): string[] {
  return [secretsOf(refresh), signatureOf(access)].filter((part) => part !== '');
}

/** A refresh token ends with its secret and its MAC; what comes before names the family, as the row does. */
function secretsOf(refresh: string): string {
  return refresh.slice(-SECRETS_LENGTH);
}

/** The rest of an access token is the same for all of a session, or can be read by anybody who has its claims. */
function signatureOf(jwt: string): string {
  return jwt.slice(jwt.lastIndexOf('.') + 1);
}

function* partsOf(text: string): Iterable<string> {
  for (let at = 0; at + PART_LENGTH <= text.length; at++) yield text.slice(at, at + PART_LENGTH);
}
