import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './vite-precompress.ts';

const root = new URL('.', import.meta.url).pathname;
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
/** Told to the server by each screen; the same for everybody who loads this build. */
const build = process.env.WARROOM_BUILD ?? `${version}-${Date.now().toString(36)}`;

export default defineConfig({
  root,
  base: '/',
  define: { __BUILD__: JSON.stringify(build) },
  plugins: [react(), precompress(build)],
  publicDir: 'public',
  build: {
    outDir: process.env.WARROOM_CLIENT_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // no data: URLs, which a strict policy would refuse
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 900,
  },
  server: {
    port: 5173,
    proxy: { '/api': 'http://127.0.0.1:8080', '/socket.io': { target: 'http://127.0.0.1:8080', ws: true } },
  },
});
