/** Printed at start; for trying things out only. */
export const DEMO_ACCOUNTS = [
  { username: 'alice', password: 'alice-demo', role: 'user' },
  { username: 'bob', password: 'bob-demo', role: 'user' },
  { username: 'admin', password: 'admin-demo', role: 'admin' },
] as const;
