/** What takes minutes and is run by name: figures of abuse, upgrades (both need a build), and durability. */
const config = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = { ...config, testPathIgnorePatterns: [], roots: ['<rootDir>/test'], maxWorkers: 1, testTimeout: 180_000 };
