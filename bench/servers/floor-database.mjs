// The floor's table and its three statements, prepared, on each driver.
import Sqlite from 'better-sqlite3';
import mysql from 'mysql2';
import pg from 'pg';

const TABLE = 'floor_sessions';
const INSERT = `INSERT INTO ${TABLE} (subject, hash, rotations, expires_at) VALUES (?, ?, 0, ?)`;
const FIND = `SELECT subject, hash, expires_at, revoked_at FROM ${TABLE} WHERE id = ?`;
const ROTATE = `UPDATE ${TABLE} SET hash = ?, rotations = rotations + 1, rotated_at = ?, expires_at = ? WHERE id = ? AND hash = ? AND revoked_at IS NULL`;

/** @param database TypeORM's options for it */
export function openFloorDatabase(database) {
  if (database.type === 'better-sqlite3') return onSqlite(database);
  return database.type === 'postgres' ? onPostgres(database) : onMysql(database);
}

async function onMysql({ url }) {
  const pool = mysql.createPool({ uri: url.replace('mariadb:', 'mysql:'), flags: ['-FOUND_ROWS'] }).promise();
  await pool.query(createTable('BIGINT AUTO_INCREMENT PRIMARY KEY', 'BINARY(32)'));
  return {
    insert: async (values) => (await pool.execute(INSERT, values))[0].insertId,
    find: async (values) => (await pool.execute(FIND, values))[0][0],
    rotate: async (values) => (await pool.execute(ROTATE, values))[0].affectedRows === 1,
  };
}

async function onPostgres({ url }) {
  const pool = new pg.Pool({ connectionString: url });
  const prepared = (name, sql) => {
    let index = 0;
    const text = sql.replace(/\?/g, () => `$${++index}`);
    return (values) => pool.query({ name, text, values });
  };
  await pool.query(createTable('BIGSERIAL PRIMARY KEY', 'BYTEA'));
  const [insert, find, rotate] = [prepared('insert', `${INSERT} RETURNING id`), prepared('find', FIND), prepared('rotate', ROTATE)];
  return {
    insert: async (values) => (await insert(values)).rows[0].id,
    find: async (values) => (await find(values)).rows[0],
    rotate: async (values) => (await rotate(values)).rowCount === 1,
  };
}

function onSqlite({ database }) {
  const file = new Sqlite(database, { timeout: 5000 });
  file.pragma('journal_mode = WAL');
  file.pragma('synchronous = FULL');
  file.exec(createTable('INTEGER PRIMARY KEY', 'BLOB'));
  const [insert, find, rotate] = [INSERT, FIND, ROTATE].map((sql) => file.prepare(sql));
  return {
    insert: (values) => Number(insert.run(values).lastInsertRowid),
    find: (values) => find.get(values),
    rotate: (values) => rotate.run(values).changes === 1,
  };
}

function createTable(id, hash) {
  return `CREATE TABLE ${TABLE} (id ${id}, subject VARCHAR(255) NOT NULL, hash ${hash} NOT NULL, rotations INT NOT NULL, rotated_at BIGINT, expires_at BIGINT NOT NULL, revoked_at BIGINT)`;
}
