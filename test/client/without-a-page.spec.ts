import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const BUILT = join(__dirname, '../../dist/client');

/** What a server that renders pages does, in a process of its own. */
const SCRIPT = `
  import(process.argv[1]).then(({ createAuthClient }) => {
    let requests = 0;
    const fetch = () => Promise.reject(new Error(String(++requests)));
    const clientIn = (mode) => createAuthClient({ baseUrl: '/api', mode, fetch });
    const [cookie, body] = [clientIn('cookie'), clientIn('body')];
    const fresh = [cookie.state.status, body.state.status];
    body.setSession({ access_token: 'a', refresh_token: 'r', expires_in: 60 });
    process.on('exit', () => console.log(JSON.stringify({ fresh, status: body.state.status, requests })));
  });
`;

describe('the client where there is no page', () => {
  it.each(['index.mjs', 'index.js'])('asks nothing by itself and keeps no process alive, as %s', (file) => {
    const run = spawnSync(process.execPath, ['-e', SCRIPT, pathToFileURL(join(BUILT, file)).href], { encoding: 'utf8', timeout: 20_000 });
    expect(run).toMatchObject({ stderr: '', status: 0 });
    expect(JSON.parse(run.stdout)).toEqual({ fresh: ['unknown', 'signed-out'], status: 'signed-in', requests: 0 });
  });
});
