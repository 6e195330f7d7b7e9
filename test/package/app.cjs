// A host in plain JavaScript. The packages come from the caller, so that one source serves CommonJS and ES modules.

exports.appController = ({ common, jwtRefresh }) => {
  class AppController {
    constructor(service) {
      this.service = service;
    }

    login({ subject }) {
      return this.service.issue({ subject });
    }

    loginOrRefresh(body) {
      return this.login(body);
    }

    me(user) {
      return { sub: user.sub };
    }
  }
  common.Controller()(AppController);
  common.Inject(jwtRefresh.JwtRefreshService)(AppController, undefined, 0);
  common.Body()(AppController.prototype, 'login', 0);
  common.Body()(AppController.prototype, 'loginOrRefresh', 0);
  jwtRefresh.CurrentUser()(AppController.prototype, 'me', 0);
  decorate(AppController, 'login', common.Post('login'), common.UseInterceptors(jwtRefresh.TokenResponseInterceptor));
  decorate(AppController, 'loginOrRefresh', common.Post('login-or-refresh'), jwtRefresh.RefreshGrant());
  decorate(AppController, 'me', common.Get('me'), common.UseGuards(jwtRefresh.JwtAuthGuard));
  return AppController;
};

exports.appModule = ({ common, typeorm, jwtRefresh }, controller, options) => {
  class AppModule {}
  const database = typeorm.TypeOrmModule.forRoot({
    ...options,
    dropSchema: true,
    entities: [...jwtRefresh.JWT_REFRESH_ENTITIES],
    migrations: [...jwtRefresh.JWT_REFRESH_MIGRATIONS],
    migrationsRun: true,
    retryAttempts: 0,
  });
  const tokens = jwtRefresh.JwtRefreshModule.forRoot({
    secret: 'for this check alone: 32 bytes or more',
    issuer: 'https://host.example',
    audience: 'web',
    transport: 'both',
    admin: { authorize: ({ sub }) => sub === 'admin' },
  });
  common.Module({ imports: [database, tokens], controllers: [controller] })(AppModule);
  return AppModule;
};

function decorate({ prototype }, method, ...decorators) {
  for (const decorator of decorators) decorator(prototype, method, Object.getOwnPropertyDescriptor(prototype, method));
}
