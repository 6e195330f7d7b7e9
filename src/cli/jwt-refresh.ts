#!/usr/bin/env node
import 'reflect-metadata';
import { Command } from 'commander';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { systemClock } from '../clock';
import { examine, type Finding } from '../doctor/doctor';
import { loadDataSource } from './data-source-file';

const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as { version: string };

const program = new Command('jwt-refresh').description('Tools for hosts of nestjs-jwt-refresh.').version(version);

program
  .command('doctor')
  .description('Looks for what makes your database break the promises of the module. Changes nothing; ends with 1 if it finds something.')
  .requiredOption('-d, --dataSource <file>', 'a built file that exports your TypeORM DataSource')
  .action(doctor);

program
  .parseAsync()
  .catch((error: Error & { code?: string }) => {
    console.error(error.message || error.code);
    process.exitCode = 1;
  })
  // A file of the host's may hold on to something.
  .finally(() => process.exit());

async function doctor({ dataSource: file }: { dataSource: string }): Promise<void> {
  const dataSource = await loadDataSource(file);
  try {
    if (!dataSource.isInitialized) await connect(dataSource);
    report(await examine(dataSource, systemClock));
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** As the host does, but for all that changes the database or fills the screen. */
async function connect(dataSource: DataSource): Promise<void> {
  assertNothingIsMade(dataSource);
  dataSource.setOptions({ migrationsRun: false, synchronize: false, dropSchema: false, logging: [], subscribers: [] });
  // Each of these is an option of one database only.
  dataSource.setOptions({ installExtensions: false, enableWAL: false });
  await dataSource.initialize();
}

/** SQLite makes a file that is not there. @throws Error */
function assertNothingIsMade({ options }: DataSource): void {
  if (options.type !== 'better-sqlite3' || options.database === ':memory:' || existsSync(options.database)) return;
  throw new Error(`There is no file ${options.database}: name the database that your app has made.`);
}

function report(findings: readonly Finding[]): void {
  for (const { what, found, advice } of findings) {
    console.log(`${advice ? '✗' : '✓'} ${what}: ${found}`);
    if (advice) console.log(`  ${advice}`);
  }
  const ills = findings.filter(({ advice }) => advice).length;
  console.log(ills > 0 ? `\nTo mend: ${ills}` : '\nAll is well.');
  process.exitCode = ills > 0 ? 1 : 0;
}
