import type { Random } from '../random';

const PART_LENGTH = 12;
const SAMPLE_SIZE = 500;
/** 63 of 64 bytes: the first one shares a character with what is before it. */
const SECRETS_LENGTH = 84;

/** Some of all the tokens that were handed out, each as likely as any other. */
export class TokenSample {
  readonly tokens: string[] = [];
  private offered = 0;

  constructor(private readonly random: Random) {}

  offer({ refresh, access }: { refresh: string; access: string }): void {
    for (const token of [secretsOf(refresh), signatureOf(access)]) {
      const place = this.tokens.length < SAMPLE_SIZE ? this.tokens.length : this.random.integer(0, this.offered);
      if (place < SAMPLE_SIZE) this.tokens[place] = token;
      this.offered++;
    }
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
