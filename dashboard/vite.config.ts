import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  resolve: { alias: { 'nestjs-jwt-refresh/client': new URL('../src/client/index.ts', import.meta.url).pathname } },
  build: {
    outDir: '../dist/dashboard',
    emptyOutDir: true,
    assetsDir: 'assets',
    // The page's CSP has no data: scripts or fonts, and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    // Mantine marks its files for server components; there are none here.
    rolldownOptions: { onwarn: (warning, warn) => warning.code !== 'MODULE_LEVEL_DIRECTIVE' && warn(warning) },
  },
});
