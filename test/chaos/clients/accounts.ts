import { hashPassword } from '../../../demo/users/password';
import type { DatabaseUnderTest } from '../servers/database-server';
import type { Account } from './log-in';

const PASSWORD = 'chaos';
const LEAST_COST = 2;

/** Adds users to the demo's table. They share a password, and its hash, at the least cost: passwords are not what is tried here. */
export async function createAccounts(database: DatabaseUnderTest, count: number): Promise<Account[]> {
  const accounts = Array.from({ length: count }, (_, index) => ({ username: `user-${index}`, password: PASSWORD }));
  const hash = await hashPassword(PASSWORD, LEAST_COST);
  const rows = accounts.map(({ username }) => `('${username}', '${username}', '${hash}', 'user')`);
  await database.query(`INSERT INTO demo_users (id, username, "passwordHash", role) VALUES ${rows.join(', ')}`);
  return accounts;
}
