const REASONS: Record<string, string> = {
  logout: 'logged out',
  logout_all: 'logged out everywhere',
  logout_others: 'logged out from another device',
  session_limit: 'too many sessions',
  reuse: 'token reuse',
  reused: 'token reuse',
};

/** A revocation's reason in words; the host's and administrators' own stand as they are. */
export const reasonInWords = (reason: string): string => REASONS[reason] ?? reason;

export const isReuse = (reason: string | null): boolean => reason === 'reuse' || reason === 'reused';
