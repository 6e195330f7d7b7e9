import { Controller, Get, UseGuards } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import passport from 'passport';
import { CurrentUser } from 'nestjs-jwt-refresh';
import { bearer } from '../support/http';
import { describeOnEveryAdapter, newSubject } from '../support/stack';

@Controller('own-name')
@UseGuards(AuthGuard('access-token'))
class OwnNameController {
  @Get()
  subject(@CurrentUser('sub') sub: string): unknown {
    return { sub };
  }
}

describeOnEveryAdapter('the passport strategy', (stack) => {
  it('is registered under the name that the host gives', async () => {
    const app = await stack.start({ passportStrategy: 'access-token' }, { controllers: [OwnNameController] });
    const subject = newSubject();
    const { accessToken } = await app.login(subject);
    expect((await app.http.get('/own-name', bearer(accessToken))).body).toEqual({ sub: subject });
    expect((await app.http.get('/own-name', bearer('junk'))).status).toBe(401);
  });

  it('finds a token where the guard of the module finds one, and nowhere else', async () => {
    const app = await stack.start();
    const { accessToken: token } = await app.login(newSubject());
    const values = [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`, token, 'Bearer', 'Bearer ', `Bearer ${token} more`, `Bearer\t${token}`, `x Bearer ${token}`, `Basic ${token}`]; // prettier-ignore
    const statuses = (path: string) => Promise.all(values.map(async (value) => (await app.http.get(path, { Authorization: value })).status));
    expect(await statuses('/passport/me')).toEqual(await statuses('/me'));
    expect(new Set(await statuses('/passport/me'))).toEqual(new Set([200, 401]));
  });

  it('leaves a strategy of the host alone when it is switched off', async () => {
    const register = jest.spyOn(passport, 'use');
    await stack.start({ passportStrategy: false });
    expect(register).not.toHaveBeenCalled();
    await stack.start();
    expect(register.mock.calls).toEqual([['jwt', expect.anything()]]);
    register.mockRestore();
  });
});
