import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  resolve: { alias: { 'nestjs-jwt-refresh/client': new URL('../../../src/client/index.ts', import.meta.url).pathname } },
  build: {
    outDir: '../../../dist-demo/home',
    emptyOutDir: true,
    // The page's CSP has no data: images and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
