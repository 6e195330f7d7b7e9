import { JwtRefreshError } from '../errors';
import type { HostClaims } from '../hooks';

/** RFC 6749 §3.3: `scope-token *( SP scope-token )`. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*$/;

/** The scope that claims tell, if they tell one (RFC 9068 §2.2.3). */
export function scopeOf({ scope }: HostClaims): string | undefined {
  return typeof scope === 'string' && SCOPE.test(scope) ? scope : undefined;
}

/** RFC 6749 §6: what is asked for must not be more than was granted. @returns the names asked for, each once, or null */
export function narrowScope(granted: string | undefined, wanted: string): string | null {
  const grantedNames = granted?.split(' ') ?? [];
  const names = [...new Set(wanted.split(' '))];
  return names.every((name) => grantedNames.includes(name)) ? names.join(' ') : null;
}

/** What a host adds to one access token, with the scope that was asked for. @throws JwtRefreshError `scope_invalid` */
export function withScope(content: HostClaims, added: HostClaims, wanted: string | undefined): HostClaims {
  if (wanted === undefined) return added;
  const scope = narrowScope(scopeOf({ ...content, ...added }), wanted);
  if (scope === null) throw new JwtRefreshError('scope_invalid');
  return { ...added, scope };
}
