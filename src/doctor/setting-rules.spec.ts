import { SETTING_RULES, type Settings } from './setting-rules';

describe('settings of a database', () => {
  it.each<[keyof typeof SETTING_RULES, string, good: boolean, Settings]>([
    ['mysql', 'innodb_flush_log_at_trx_commit', true, { innodb_flush_log_at_trx_commit: '1' }],
    ['mysql', 'innodb_flush_log_at_trx_commit', false, { innodb_flush_log_at_trx_commit: '2' }],
    ['mysql', 'innodb_flush_log_at_trx_commit', false, { innodb_flush_log_at_trx_commit: '0' }],
    ['mysql', 'innodb_flush_log_at_trx_commit', true, { innodb_flush_log_at_trx_commit: '3' }],
    ['mysql', 'sync_binlog', true, { sync_binlog: '1', log_bin: 'ON' }],
    ['mysql', 'sync_binlog', false, { sync_binlog: '0', log_bin: 'ON' }],
    ['mysql', 'sync_binlog', false, { sync_binlog: '100', log_bin: 'ON' }],
    ['mysql', 'sync_binlog', true, { sync_binlog: '0', log_bin: 'OFF' }],
    ['mysql', 'innodb_doublewrite', true, { innodb_doublewrite: 'ON' }],
    ['mysql', 'innodb_doublewrite', true, { innodb_doublewrite: 'DETECT_AND_RECOVER' }],
    ['mysql', 'innodb_doublewrite', false, { innodb_doublewrite: 'DETECT_ONLY' }],
    ['mysql', 'innodb_doublewrite', false, { innodb_doublewrite: 'OFF' }],
    ['mysql', 'sql_mode', true, { sql_mode: 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_DATE' }],
    ['mysql', 'sql_mode', true, { sql_mode: 'STRICT_ALL_TABLES' }],
    ['mysql', 'sql_mode', false, { sql_mode: 'NO_ENGINE_SUBSTITUTION' }],
    ['mysql', 'sql_mode', false, { sql_mode: '' }],
    ['mysql', 'sql_mode', false, { sql_mode: 'STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES' }],
    ['postgres', 'fsync', true, { fsync: 'on' }],
    ['postgres', 'fsync', false, { fsync: 'off' }],
    ['postgres', 'synchronous_commit', true, { synchronous_commit: 'remote_apply' }],
    ['postgres', 'synchronous_commit', true, { synchronous_commit: 'local' }],
    ['postgres', 'synchronous_commit', false, { synchronous_commit: 'off' }],
    ['postgres', 'full_page_writes', false, { full_page_writes: 'off' }],
    ['sqlite', 'journal_mode', true, { journal_mode: 'wal' }],
    ['sqlite', 'journal_mode', true, { journal_mode: 'delete' }],
    ['sqlite', 'journal_mode', false, { journal_mode: 'off' }],
    ['sqlite', 'synchronous', true, { synchronous: '3' }],
    ['sqlite', 'synchronous', false, { synchronous: '1' }],
  ])('of %s: %s is good: %s in %j', (dialect, setting, good, settings) => {
    const rules = SETTING_RULES[dialect].filter((rule) => rule.setting === setting);
    expect(rules.every(({ isGood }) => isGood(settings[setting]!, settings))).toBe(good);
  });
});
