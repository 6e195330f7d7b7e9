import { JwtRefreshError } from '../errors';
import { membersOf, parameterName } from '../http/parameter-name';

/** Parameters that were sent with a value. */
export type OAuthParameters<Name extends string> = { readonly [Key in Name]?: string };

/**
 * The named parameters of a body, JSON or form; others are ignored (RFC 6749 §3.2).
 *
 * @throws JwtRefreshError `request_invalid` naming those that are not one text
 */
export function readParameters<const Name extends string>(body: unknown, names: readonly Name[]): OAuthParameters<Name> {
  const known = membersOf(body).filter(([member]) => (names as readonly string[]).includes(parameterName(member)));
  const wrong = known.filter(([member, value]) => member !== parameterName(member) || !isOneText(value));
  if (wrong.length > 0) throw refusalOf(new Set(wrong.map(([member]) => parameterName(member))));
  // RFC 6749 §3.1: a parameter without a value is as if it had been left out.
  return Object.fromEntries(known.filter(([, value]) => value !== '' && value !== null)) as OAuthParameters<Name>;
}

/** RFC 6749 §3.2: no parameter more than once, and two of a form's come as a list. */
function isOneText(value: unknown): boolean {
  return typeof value === 'string' || value === null;
}

function refusalOf(names: ReadonlySet<string>): JwtRefreshError {
  return new JwtRefreshError('request_invalid', { message: `${[...names].join(', ')}: give a parameter once, as a text.` });
}
