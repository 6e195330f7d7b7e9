// The peers are no dependencies of this library: they have a folder of their own.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export function installPeers() {
  if (existsSync(new URL('node_modules', import.meta.url))) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', import.meta.dirname, '--no-audit', '--no-fund'], { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('The peers could not be installed');
}
