import mysql from 'mysql2/promise';
import { APP_USER, DATABASE } from './database-server';

/** A rotation is a prepared statement: it is sent without its text. One of its values is the server secret's name, which the demo leaves as it is. */
export const ROTATION = 'default';

/** One statement on MySQL or MariaDB, over a connection of its own. */
export async function queryMysql(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await mysql.createConnection({ uri: url.replace('mariadb:', 'mysql:'), connectTimeout: 2000 });
  try {
    await connection.query("SET SESSION sql_mode = CONCAT(@@sql_mode, ',ANSI_QUOTES')");
    const [rows] = await connection.query(sql);
    return rows as Record<string, unknown>[];
  } finally {
    connection.destroy();
  }
}

/** The database, and a user who can't write while the server is read-only. */
export async function createMysqlDatabase(rootUrl: string): Promise<void> {
  await queryMysql(rootUrl, `CREATE DATABASE ${DATABASE}`);
  await queryMysql(rootUrl, `CREATE USER '${APP_USER}'@'%' IDENTIFIED BY ''`);
  await queryMysql(rootUrl, `GRANT ALL ON ${DATABASE}.* TO '${APP_USER}'@'%'`);
}

/** The values of system variables by their names. */
export async function mysqlVariables(url: string, names: readonly string[]): Promise<Record<string, string>> {
  const rows = await queryMysql(url, `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${names.map((name) => `'${name}'`).join(', ')})`);
  return Object.fromEntries(rows.map(({ Variable_name, Value }) => [String(Variable_name), String(Value)]));
}
