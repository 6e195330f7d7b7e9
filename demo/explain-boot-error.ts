interface BootError {
  code?: string;
  message?: string;
  stack?: string;
}

/** Tells somebody who has just tried the demo what to do. */
export function explainBootError(error: unknown, database: string): string {
  const { code, message, stack } = (error ?? {}) as BootError;
  switch (code) {
    case 'ECONNREFUSED':
      return `No database answers at ${database}. Start it, or leave DATABASE_URL out to use SQLite.`;
    case 'ER_BAD_DB_ERROR':
    case '3D000':
      return `The server of ${database} has no such database. Create it first: CREATE DATABASE …`;
    case 'ER_ACCESS_DENIED_ERROR':
    case '28P01':
    case '28000':
      return `The database refused the user or password of ${database}.`;
    case 'EADDRINUSE':
      return 'The port is taken. Choose another: PORT=3001 npm start';
    default:
      return stack ?? message ?? String(error);
  }
}
