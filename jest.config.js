/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['<rootDir>/test/(browser|upgrade|durability|abuse/figures)/'],
  transform: {
    '^.+\\.(t|mj|j)s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript', decorators: true }, transform: { legacyDecorator: true, decoratorMetadata: true }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  // Nest 12 and jose are ESM only: everything is compiled to CommonJS.
  transformIgnorePatterns: [],
  moduleNameMapper: {
    '^nestjs-jwt-refresh$': '<rootDir>/src/index.ts',
    '^nestjs-jwt-refresh/(.*)$': '<rootDir>/src/$1/index.ts',
  },
  setupFiles: ['reflect-metadata'],
  maxWorkers: 2,
  testTimeout: 30_000,
};
