import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { JWT_REFRESH_ENTITIES, JWT_REFRESH_MIGRATIONS, JwtRefreshModule } from 'nestjs-jwt-refresh';
import { databaseFromUrl } from './database-url';
import { DemoController } from './demo.controller';
import { environment, serverSecret } from './environment';
import { LoginController } from './login.controller';
import { CreateDemoUsers1763600000001 } from './users/create-demo-users.migration';
import { User } from './users/user.entity';
import { UsersService } from './users/users.service';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      ...databaseFromUrl(environment.databaseUrl),
      entities: [User, ...JWT_REFRESH_ENTITIES],
      migrations: [CreateDemoUsers1763600000001, ...JWT_REFRESH_MIGRATIONS],
      migrationsRun: true,
      retryAttempts: 0,
    }),
    TypeOrmModule.forFeature([User]),
    JwtRefreshModule.forRootAsync({
      globalGuard: true,
      useFactory: () => ({
        secret: serverSecret(),
        issuer: 'https://demo.example',
        audience: 'web',
        accessToken: { lifetime: environment.accessLifetime },
        refreshToken: { lifetime: environment.refreshLifetime, graceSeconds: environment.graceSeconds, format: environment.tokenFormat },
        revocation: { check: environment.revocation },
        accessTokenOnRefresh: environment.accessTokenOnRefresh,
      }),
    }),
  ],
  controllers: [LoginController, DemoController],
  providers: [UsersService],
})
export class AppModule {}
