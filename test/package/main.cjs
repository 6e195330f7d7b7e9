const { check } = require('./check.cjs');

check({
  common: require('@nestjs/common'),
  core: require('@nestjs/core'),
  fastify: require('@nestjs/platform-fastify'),
  typeorm: require('@nestjs/typeorm'),
  jwtRefresh: require('nestjs-jwt-refresh'),
  client: require('nestjs-jwt-refresh/client'),
  migrations: require('nestjs-jwt-refresh/migrations'),
  testing: require('nestjs-jwt-refresh/testing'),
});
