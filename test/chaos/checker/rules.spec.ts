import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RULES } from './rules';

it('has a line in docs/guarantees.md for every rule', () => {
  const page = readFileSync(join(__dirname, '../../../docs/guarantees.md'), 'utf8');
  expect(Object.keys(RULES).filter((rule) => !page.includes(`\`${rule}\``))).toEqual([]);
});
