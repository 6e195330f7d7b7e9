export { createTestApp, type TestApp, type TestAppOptions } from './create-test-app';
export { FakeClock } from './fake-clock';
export { loginAs, signTestToken } from './tokens';
