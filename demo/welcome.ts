import type { RefreshTokenTransport } from 'nestjs-jwt-refresh';
import { DEMO_ACCOUNTS } from './users/demo-accounts';

/** What a newcomer reads when the demo has started. */
export function welcome(url: string, database: string, transport: RefreshTokenTransport): string {
  const accounts = DEMO_ACCOUNTS.map(({ username, password }) => `${username} / ${password}`).join('   ');
  return `
nestjs-jwt-refresh demo on ${url}
the life of a session: ${url}/
dashboard: ${url}/admin/refresh-tokens/dashboard (sign in as admin)
API docs: ${url}/docs
database: ${database}
accounts: ${accounts}

Log in, refresh, log out:
${transport === 'cookie' ? byCookie(url) : byBody(url)}`;
}

/** A form needs no quotes inside quotes. */
const byBody = (url: string): string => `
  R=$(curl -s ${url}/auth/login -d username=alice -d password=alice-demo | sed 's/.*"refresh_token":"\\([^"]*\\)".*/\\1/'); echo $R
  curl -s ${url}/auth/jwt-refresh -d refresh_token=$R
  curl -i ${url}/auth/logout -d refresh_token=$R
`;

const byCookie = (url: string): string => `
  curl -s -c jar -b jar ${url}/auth/login -H 'X-Requested-With: curl' -d username=alice -d password=alice-demo
  curl -s -c jar -b jar ${url}/auth/jwt-refresh -H 'X-Requested-With: curl' -X POST
  curl -i -c jar -b jar ${url}/auth/logout -H 'X-Requested-With: curl' -X POST
`;
