import type { Grant } from '../history/records';

/** A refresh token and the access token that came with it, in a client's hands. */
export interface Tokens {
  readonly refresh: string;
  readonly access: string;
  readonly generation: number;
  /** Milliseconds since 1970. */
  readonly accessUntil: number;
}

interface TokenResponse {
  access_token: string;
  refresh_token: string;
}

interface AccessClaims {
  sub: string;
  sid: string;
  gen: number;
  exp: number;
}

const PRINT_LENGTH = 12;

/** A token response, as its client keeps it and as the history does. */
export function readTokens({ access_token: access, refresh_token: refresh }: TokenResponse): { tokens: Tokens; grant: Grant } {
  const { sub, sid, gen, exp } = JSON.parse(Buffer.from(access.split('.')[1]!, 'base64url').toString()) as AccessClaims;
  const accessUntil = exp * 1000;
  return {
    tokens: { refresh, access, generation: gen, accessUntil },
    grant: { generation: gen, print: refresh.slice(-PRINT_LENGTH), subject: sub, session: sid, accessUntil },
  };
}
