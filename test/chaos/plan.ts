import type { DatabaseName } from './servers/database-server';

/** What a campaign is to be like. */
export interface Plan {
  readonly seed: string;
  readonly seconds: number;
  readonly databases: readonly DatabaseName[];
  /** Processes of the app. */
  readonly nodes: number;
  /** Sessions at a time. */
  readonly sessions: number;
  /** Mean pause between two refreshes of a session, milliseconds. */
  readonly pace: number;
  /** The demo's REVOCATION; null for its default. */
  readonly revocation: string | null;
  /** Where the report goes. */
  readonly folder: string;
}
