/** Of which parameter a member is: `scope[]=…` and `scope[a]=…` in a form are lists and objects for some parsers, and names for others. */
export function parameterName(member: string): string {
  return member.split('[', 1)[0]!;
}
