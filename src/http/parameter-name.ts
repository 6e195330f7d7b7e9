/** The members of a body. What is no object has none: a text or a list may be a million long. */
export function membersOf(body: unknown): [member: string, value: unknown][] {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
}

/** Of which parameter a member is: `scope[]=…` and `scope[a]=…` in a form are lists and objects for some parsers, and names for others. */
export function parameterName(member: string): string {
  return member.split('[', 1)[0]!;
}
