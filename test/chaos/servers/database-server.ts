export type DatabaseName = 'mysql' | 'mariadb' | 'postgres' | 'sqlite';

/** A database that the app runs on, seen from outside of the app. */
export interface DatabaseUnderTest {
  /** As the demo's DATABASE_URL takes it, for a user without special rights. */
  readonly url: string;
  /** What may be done to it; null where the app's processes are the database, or it is somebody else's server. */
  readonly faults: DatabaseFaults | null;
  /** What a rotation sends to the database and, but for a login, nothing else does. */
  readonly rotation: string;
  facts(): Promise<DatabaseFacts>;
  /** Runs one statement; names are in double quotes on all databases. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends what was started and removes what was written. */
  remove(): Promise<void>;
}

export interface DatabaseFaults {
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Brings it back with its data; resolves when it takes writes. */
  start(): Promise<void>;
  setReadOnly(on: boolean): Promise<void>;
}

export interface DatabaseFacts {
  readonly version: string;
  /** The settings that decide what a commit survives. */
  readonly durability: Record<string, string>;
}

export const DATABASE = 'chaos';
export const APP_USER = 'app';
