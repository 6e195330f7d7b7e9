/** The dashboard in a real browser, over the demo as a host starts it. Needs a build and Chromium. */
const config = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...config,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: [],
  transformIgnorePatterns: ['/node_modules/playwright-core/'],
  testTimeout: 120_000,
};
