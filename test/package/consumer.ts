import { Body, Controller, Get, type INestApplication, Module, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  type AccessTokenClaims,
  CurrentUser,
  JWT_REFRESH_ENTITIES,
  JwtAuthGuard,
  JwtRefreshError,
  JwtRefreshEvents,
  JwtRefreshModule,
  JwtRefreshService,
  type TokenPair,
  TokenResponseInterceptor,
} from 'nestjs-jwt-refresh';
import { type AuthClient, AuthClientError, type AuthState, type AuthStorage, createAuthClient } from 'nestjs-jwt-refresh/client';
import { JWT_REFRESH_MIGRATIONS } from 'nestjs-jwt-refresh/migrations';
import { createTestApp, FakeClock, loginAs } from 'nestjs-jwt-refresh/testing';

// What a TypeScript host writes. It is compiled against the published types, never run.

@Controller()
class AppController {
  constructor(private readonly jwtRefresh: JwtRefreshService) {}

  @Post('login')
  @UseInterceptors(TokenResponseInterceptor)
  login(@Body() { subject }: { subject: string }): Promise<TokenPair> {
    return this.jwtRefresh.issue({ subject, lifetime: '30d', content: { role: 'user' } });
  }

  @Get('me')
  @UseGuards(JwtAuthGuard)
  me(@CurrentUser() user: AccessTokenClaims): string {
    return user.sub;
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'mysql', entities: [...JWT_REFRESH_ENTITIES], migrations: [...JWT_REFRESH_MIGRATIONS] }),
    JwtRefreshModule.forRootAsync({
      globalGuard: true,
      path: 'session',
      useFactory: () => ({ secret: 'secret', issuer: 'https://host.example', audience: ['web', 'mobile'], clock: new FakeClock() }),
    }),
  ],
  controllers: [AppController],
})
export class AppModule {}

export function watch(app: INestApplication): void {
  app.get(JwtRefreshEvents).on('refresh_token.reused', ({ subject, at }) => console.log(subject, at.toISOString()));
}

export async function refreshTwice(): Promise<JwtRefreshError | null> {
  const { app, jwtRefresh, clock } = await createTestApp({ controllers: [AppController] });
  const { refreshToken } = await loginAs(app, 'alice');
  await jwtRefresh.refresh(refreshToken);
  clock.advance('2m');
  return jwtRefresh.refresh(refreshToken).then(
    () => null,
    (error: unknown) => (error instanceof JwtRefreshError ? error : null),
  );
}

export function signIn(storage: AuthStorage): AuthClient {
  return createAuthClient({ baseUrl: '/api', mode: 'cookie', storage, onEvent: (event) => event.type === 'signed-out' && console.log(event.code) });
}

export async function stateAfter(auth: AuthClient, username: string): Promise<AuthState | number> {
  const failed = await auth.login({ username }).catch((error: unknown) => (error instanceof AuthClientError ? error.status : 0));
  return typeof failed === 'number' ? failed : auth.state;
}
