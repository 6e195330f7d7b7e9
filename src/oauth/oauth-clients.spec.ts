import { createHash } from 'node:crypto';
import { findProvenClient, mayUse, type ResolvedOAuthClient } from './oauth-clients';

const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest();

const OWNER = { id: 'owner', secretHash: hashOf('o'), audiences: ['api'] };
const PARTNER = { id: 'partner', secretHash: hashOf('p'), audiences: ['api', 'web'] };
const ANY = { id: 'any', secretHash: hashOf('a'), audiences: null };
const APP = { id: 'app', secretHash: null, audiences: ['web', 'api', 'tv'] };
const GUEST = { id: 'guest', secretHash: null, audiences: null };

describe('a client', () => {
  it.each<[string, string | null, ResolvedOAuthClient | null]>([
    ['owner', 'o', OWNER],
    ['owner', 'p', null],
    ['owner', '', null],
    ['owner', null, null],
    ['app', null, APP],
    ['app', '', null],
    ['app', 'o', null],
    ['nobody', null, null],
    ['nobody', 'o', null],
    ['', null, null],
    ['OWNER', 'o', null],
  ])('%p with the secret %p is proven or not', (id, secret, expected) => {
    expect(findProvenClient([OWNER, APP], { id, secret })).toBe(expected);
  });

  it.each<[string, readonly ResolvedOAuthClient[], string | null, string, boolean]>([
    ['anybody, where there are no clients', [], null, 'api', true],
    ['a name, where there are no clients', [], 'app', 'api', false],
    ['its owner', [OWNER, ANY, APP], 'owner', 'api', true],
    ['nobody in particular, of an owned audience', [OWNER], null, 'api', false],
    ['a public client that lists it, of an owned audience', [OWNER, APP], 'app', 'api', false],
    ['a confidential client for all, of an owned audience', [OWNER, ANY], 'any', 'api', false],
    ['a second owner', [OWNER, PARTNER], 'partner', 'api', true],
    ['an owner, of another audience', [OWNER], 'owner', 'tv', false],
    ['nobody in particular, of an audience without owner', [OWNER, APP], null, 'tv', true],
    ['a public client that lists it', [OWNER, APP], 'app', 'tv', true],
    ['a public client that does not', [APP], 'app', 'radio', false],
    ['a client for all', [ANY, GUEST], 'guest', 'radio', true],
    ['an unknown client', [ANY, GUEST], 'nobody', 'radio', false],
  ])('may use a family or not: %s', (_, clients, clientId, audience, expected) => {
    expect(mayUse(clients, clientId, audience)).toBe(expected);
  });
});
