import { DEMO_ACCOUNTS } from './users/demo-accounts';

/** What a newcomer reads when the demo has started. */
export function welcome(url: string, database: string): string {
  const accounts = DEMO_ACCOUNTS.map(({ username, password }) => `${username} / ${password}`).join('   ');
  return `
nestjs-jwt-refresh demo on ${url}
the life of a session: ${url}/
dashboard: ${url}/admin/refresh-tokens/dashboard (sign in as admin)
API docs: ${url}/docs
database: ${database}
accounts: ${accounts}

Log in, refresh, log out:

  R=$(curl -s ${url}/auth/login -H 'Content-Type: application/json' \\
    -d '{"username":"alice","password":"alice-demo"}' | sed 's/.*"refresh_token":"\\([^"]*\\)".*/\\1/'); echo $R

  curl -s ${url}/auth/jwt-refresh -H 'Content-Type: application/json' -d "{\\"refresh_token\\":\\"$R\\"}"

  curl -i ${url}/auth/logout -H 'Content-Type: application/json' -d "{\\"refresh_token\\":\\"$R\\"}"
`;
}
