import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Who may know whom inside src/: imports point down, from HTTP to services to stores and tokens. */
const LAYERS = [
  {
    target: './src/**',
    from: './src/index.ts',
    message: 'The public API is for hosts: import the file itself.',
  },
  {
    target: ['./src/!(jwt-refresh.module).ts', './src/*/**'],
    from: './src/audit/audit.listener.ts',
    message: 'A listener hears events: nobody calls it.',
  },
  {
    target: ['./src/!(index|jwt-refresh.module).ts', './src/!(http|guards|admin|oauth)/**'],
    from: ['./src/{http,guards}/**', './src/oauth/*.{controller,filter}.ts'],
    message: 'Services know nothing of requests: take what is needed as arguments.',
  },
  {
    target: './src/client',
    from: './src/!(client)/**',
    message: 'The client runs in browsers: it knows nothing of the server.',
  },
  {
    target: './src/tokens',
    from: ['./src/{audit,events,migrations,revocation,rotation,sessions,storage}/**', './src/jwt-refresh.{module,service}.ts'],
    message: 'Tokens are made and read without rows.',
  },
];

export default defineConfig(
  globalIgnores(['dist', 'dist-chaos', 'dist-demo', 'coverage']),
  js.configs.recommended,
  {
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['**/*.js'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './{dashboard,demo/home/page,src/client,test/browser,test/client}/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // An async function may fulfil an interface without waiting, and a name may say what is left out of a rest.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/extensions': ['.ts'], 'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts'] })] },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': ['error', { zones: LAYERS }],
      'max-lines-per-function': ['error', { max: 35, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.{store,entity,spec}.ts', 'src/{cli,doctor,migrations,storage,testing}/**', 'src/jwt-refresh.module.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(@nestjs/)?typeorm(/|$)', message: 'Only stores, entities and migrations speak to the database.' }] },
      ],
    },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      // What a server answers has no type, and a wrong value is often the point.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      'no-loss-of-precision': 'off',
      'max-lines-per-function': 'off',
    },
  },
);
