import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as fastify from '@nestjs/platform-fastify';
import * as typeorm from '@nestjs/typeorm';
import * as jwtRefresh from 'nestjs-jwt-refresh';
import * as client from 'nestjs-jwt-refresh/client';
import * as migrations from 'nestjs-jwt-refresh/migrations';
import * as testing from 'nestjs-jwt-refresh/testing';
import { check } from './check.cjs';

await check({ common, core, fastify, typeorm, jwtRefresh, client, migrations, testing });
