import { defineConfig } from 'vite';

/**
 * The demo in one file: it starts in half the time, so that it can be killed twice as often. What can't be in a bundle
 * stays outside: native code, and packages that are looked for and not needed.
 */
export default defineConfig({
  ssr: { noExternal: true },
  build: {
    ssr: 'dist-demo/demo/main.js',
    outDir: 'dist-chaos/app',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      output: { format: 'cjs', entryFileNames: 'main.cjs', codeSplitting: false },
      external: [
        /^(better-sqlite3|sqlite3|sql\.js|oracledb|mssql|mongodb|redis|ioredis|hdb-pool|pg-native|pg-query-stream|expo-sqlite)$/,
        /^@nestjs\/(microservices|websockets)/,
        /^@fastify\/(multipart|view)/,
        /^@(mikro-orm|sap|google-cloud)\//,
        /^(react-native|typeorm-aurora|class-transformer\/storage)/,
      ],
    },
  },
});
