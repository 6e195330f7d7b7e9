import { Redis } from 'ioredis';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JwtRefreshModule } from 'nestjs-jwt-refresh';
import { QueryFailedError } from 'typeorm';
import { demoDatabase } from './demo-database';
import { DemoController } from './demo.controller';
import { environment, serverSecret } from './environment';
import { HomeController } from './home/home.controller';
import { LoginController } from './login.controller';
import { User } from './users/user.entity';
import { UsersService } from './users/users.service';

/** Of several demos that migrate one new database at a time, one comes first; the others find everything there when they look again. */
const NEXT_TO_OTHERS = { retryAttempts: 20, retryDelay: 500, toRetry: mayHaveMet };

function mayHaveMet(error: unknown): boolean {
  return error instanceof QueryFailedError || (error as { code?: unknown }).code === 'SQLITE_BUSY';
}

@Module({
  imports: [
    TypeOrmModule.forRoot({ ...demoDatabase(environment.databaseUrl, environment.replicaUrl), migrationsRun: true, ...NEXT_TO_OTHERS }),
    TypeOrmModule.forFeature([User]),
    JwtRefreshModule.forRootAsync({
      globalGuard: true,
      useFactory: () => ({
        secret: serverSecret(),
        issuer: environment.issuer,
        audience: 'web',
        accessToken: { lifetime: environment.accessLifetime },
        refreshToken: { lifetime: environment.refreshLifetime, graceSeconds: environment.graceSeconds, format: environment.tokenFormat },
        transport: environment.transport,
        response: { accessTokenProp: environment.accessTokenProp, refreshTokenProp: environment.refreshTokenProp },
        revocation: { check: environment.revocation, redis: environment.redisUrl ? new Redis(environment.redisUrl) : undefined },
        accessTokenOnRefresh: environment.accessTokenOnRefresh,
        admin: { authorize: ({ role }) => role === 'admin' },
      }),
    }),
  ],
  controllers: [HomeController, LoginController, DemoController],
  providers: [UsersService],
})
export class AppModule {}
