import fc from 'fast-check';
import { ServerSecrets } from '../tokens/server-secrets';
import { type Cursor, CursorCodec } from './cursor.codec';

const SECRET = { id: 'a', value: 'a'.repeat(32) };
const OTHER = { id: 'b', value: 'b'.repeat(32) };
const codec = new CursorCodec(new ServerSecrets([SECRET]));

const position = fc.record({ value: fc.integer({ min: 0, max: 8.64e15 }), id: fc.uuid() });
const cursor: fc.Arbitrary<Cursor> = fc.record({
  position: fc.option(fc.oneof(position, position.map((each) => ({ ...each, inclusive: true })))), // prettier-ignore
  backwards: fc.boolean(),
  total: fc.record({ value: fc.nat(), capped: fc.boolean() }),
});
const list = fc.string();

describe('CursorCodec', () => {
  it('reads what it wrote, in 255 characters that need no escaping in a URL', () => {
    fc.assert(
      fc.property(cursor, list, (given, name) => {
        const text = codec.encode(given, name);
        expect(text).toMatch(/^[\w-]{1,255}$/);
        expect(codec.decode(text, name)).toEqual(given);
      }),
    );
  });

  it('reads a cursor of this list only', () => {
    fc.assert(
      fc.property(cursor, list, list, (given, name, other) => {
        fc.pre(name !== other);
        expect(codec.decode(codec.encode(given, name), other)).toBeNull();
      }),
    );
  });

  it('tells content and list apart, wherever one ends and the other begins', () => {
    const given: Cursor = { position: null, backwards: false, total: { value: 1, capped: false } };
    const bytes = Buffer.from(codec.encode(given, '1'), 'base64url');
    expect(codec.decode(Buffer.concat([bytes, Buffer.from('1')]).toString('base64url'), '')).toBeNull();
    expect(codec.decode(bytes.subarray(0, -1).toString('base64url'), ']1')).toBeNull();
  });

  it('reads no cursor with a changed, missing or additional character', () => {
    const text = codec.encode({ position: { value: 1, id: 'x' }, backwards: true, total: { value: 3, capped: true } }, 'list');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/ .';
    for (let place = 0; place < text.length; place++) {
      for (const character of alphabet) {
        if (character !== text[place]) expect(codec.decode(text.slice(0, place) + character + text.slice(place + 1), 'list')).toBeNull();
      }
      expect(codec.decode(text.slice(0, place), 'list')).toBeNull();
      expect(codec.decode(`${text.slice(0, place)}.${text.slice(place)}`, 'list')).toBeNull();
    }
  });

  it('gives null for any other text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), list, (text, name) => expect(codec.decode(text, name)).toBeNull()));
  });

  it('reads cursors of a secret that is on its way out, and none of one that is unknown', () => {
    const rotated = new CursorCodec(new ServerSecrets([OTHER, SECRET]));
    const after = new CursorCodec(new ServerSecrets([OTHER]));
    fc.assert(
      fc.property(cursor, list, (given, name) => {
        const text = codec.encode(given, name);
        expect(rotated.decode(text, name)).toEqual(given);
        expect(after.decode(text, name)).toBeNull();
        expect(rotated.encode(given, name)).toBe(after.encode(given, name));
      }),
    );
  });
});
