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

  it('leaves a strategy of the host alone when it is switched off', async () => {
    const register = jest.spyOn(passport, 'use');
    await stack.start({ passportStrategy: false });
    expect(register).not.toHaveBeenCalled();
    await stack.start();
    expect(register.mock.calls).toEqual([['jwt', expect.anything()]]);
    register.mockRestore();
  });
});
