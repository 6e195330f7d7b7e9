import type { Dialect } from '../storage/dialect';
import { hasNoBackslashEscapes } from '../storage/sql-mode';

/** Settings of a database by their names, as the database spells the values. */
export type Settings = Readonly<Record<string, string>>;

/** When a setting is good, and what to say if it is not. */
export interface SettingRule {
  readonly setting: string;
  /** What of it is looked at, where there are several things. */
  readonly part?: string;
  readonly isGood: (value: string, all: Settings) => boolean;
  /** What to set, and what happens otherwise. */
  readonly advice: string;
}

const LOSES_COMMITS = 'when the machine fails, commits are lost, and who refreshed last is signed out';
/** MariaDB's 3 is a 1 with more of it. */
const FLUSHED = ['1', '3'];
const TEARS_PAGES = 'when the machine fails, a page that was half written can ruin the tables';

/** What a setting of each database must be for the module's promises to hold. */
export const SETTING_RULES: Readonly<Record<Dialect, readonly SettingRule[]>> = {
  mysql: [
    { setting: 'innodb_flush_log_at_trx_commit', isGood: (value) => FLUSHED.includes(value), advice: `set it to 1: ${LOSES_COMMITS}` },
    // Without a binary log there is nothing to sync. With one, recovery undoes what did not reach it.
    { setting: 'sync_binlog', isGood: (value, { log_bin }) => value === '1' || log_bin === 'OFF', advice: `set it to 1: ${LOSES_COMMITS}` },
    { setting: 'innodb_doublewrite', isGood: (value) => !['OFF', 'DETECT_ONLY'].includes(value), advice: `set it to ON: ${TEARS_PAGES}` },
    {
      setting: 'sql_mode',
      part: 'strict',
      isGood: (value) => /\bSTRICT_(TRANS|ALL)_TABLES\b/.test(value),
      advice: 'add STRICT_TRANS_TABLES: a value that does not fit is changed until it does, without an error',
    },
    {
      setting: 'sql_mode',
      part: 'backslashes',
      isGood: (value) => !hasNoBackslashEscapes(value),
      advice: 'remove NO_BACKSLASH_ESCAPES: mysql2 escapes values with backslashes, so they could end a text and become SQL',
    },
  ],
  postgres: [
    { setting: 'fsync', isGood: (value) => value === 'on', advice: `set it to on: ${LOSES_COMMITS}` },
    { setting: 'synchronous_commit', isGood: (value) => value !== 'off', advice: `set it to on: ${LOSES_COMMITS}` },
    { setting: 'full_page_writes', isGood: (value) => value === 'on', advice: `set it to on: ${TEARS_PAGES}` },
  ],
  sqlite: [
    {
      setting: 'journal_mode',
      isGood: (value) => !['memory', 'off'].includes(value),
      advice: 'set it to WAL: when the process ends in the middle of a commit, the file is ruined',
    },
    // 2 is FULL, 3 is EXTRA.
    { setting: 'synchronous', isGood: (value) => Number(value) >= 2, advice: `set it to FULL: ${LOSES_COMMITS}` },
  ],
};
