import fc from 'fast-check';
import { cookieValues } from './refresh-cookie';

const NAME = '__Host-refresh_token';

describe('the values that a Cookie header has for a name', () => {
  it.each([
    [undefined, []],
    ['', []],
    [NAME, []],
    [`${NAME}=`, ['']],
    [`${NAME}=a`, ['a']],
    [`x=1; ${NAME}=a; y=2`, ['a']],
    [`x=1;${NAME}=a;y=2`, ['a']],
    [`  ${NAME}=a  `, ['a']],
    [`${NAME}=a=b`, ['a=b']],
    [`${NAME}=a; ${NAME}=b`, ['a', 'b']],
    [`${NAME}=a; ${NAME}=a`, ['a', 'a']],
    [`${NAME}=; ${NAME}=a`, ['', 'a']],
    [`x${NAME}=a`, []],
    [`${NAME}x=a`, []],
    [`__host-refresh_token=a`, []],
    [`x=${NAME}=a`, []],
    [[`${NAME}=a`], []],
  ])('of %j are %j', (header, values) => {
    expect(cookieValues(header, NAME)).toEqual(values);
  });

  it('are those that were put there, among whatever else', () => {
    const text = fc.stringMatching(/^[!#-+\--:<-~]{1,20}$/);
    const other = fc.tuple(text, text).filter(([name]) => !name.startsWith(NAME));
    fc.assert(
      fc.property(fc.array(text), fc.array(other), (values, others) => {
        const pairs = [...others.map(([name, value]) => `${name}=${value}`), ...values.map((value) => `${NAME}=${value}`)];
        expect(cookieValues(pairs.join('; '), NAME)).toEqual(values);
      }),
    );
  });
});
