import { readFileSync } from 'node:fs';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { earlyTheme } from './vite-early-theme.ts';
import { precompress } from './vite-precompress.ts';
import { websocketOnly } from './vite-websocket-only.ts';

const root = new URL('.', import.meta.url).pathname;
const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string })
  .version;
/** Told to the server by each screen; the same for everybody who loads this build. */
const build = process.env.WARROOM_BUILD ?? `${version}-${Date.now().toString(36)}`;

export default defineConfig({
  root,
  base: '/',
  define: { __BUILD__: JSON.stringify(build) },
  plugins: [react(), earlyTheme(), websocketOnly(), precompress(build)],
  publicDir: 'public',
  build: {
    outDir: process.env.WARROOM_CLIENT_OUT ?? 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0, // no data: URLs, which a strict policy would refuse
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      treeshake: { moduleSideEffects: [{ test: /engine\.io-client.build.esm.transports/, sideEffects: false }] },
      output: {
        // What every page loads is one file: twenty small ones compress worse and cost a phone round trips.
        codeSplitting: {
          groups: [
            {
              name: 'shell',
              test: /client.(router|panels.MutedCounts|net.(http|session|link|use-link|use-history|backoff|screen-id|command)|numbers.(time|format|floor|scale)\.|state.(console-store|[a-z]+-slice|fold-|server-clock|ticker|freshness|use-ticked|use-paced|use-figure)|panels.(LinkBanner|Liveness|TierMark)|i18n.t\.|screens.LangSwitch|theme.theme)|contract.(place-names|tiers)\./,
            },
            {
              // what walls and the figures of a phone draw, and the on-call phone does not
              name: 'figures',
              test: /client.(panels.(tiles|HeroPanel|LimitStrip|AlertStrip|AlertLines|MinutePanel|CountdownHero|KpiTile|Elided|Delta|Spark|GoalBar|CorrectedMark|StateNote|FigureNumber|RollingDigits|Panel|take-over|proof-state|ProofDialog)\.|numbers.kpi-text|state.(kpi-table|use-freshness)|charts.(use-minute-line|minute-line))/,
            },
            {
              name: 'alerts',
              test: /client.(screens.desk.(acts|alert-words|list-model|held-list|use-desk-list|AlertRow|told|ToldLine|Announcer)\.|state.(alerts-|use-alert-feed)|net.alert-commands|i18n.phone-words)/,
            },
            {
              name: 'base',
              test: /node_modules.(react|react-dom|scheduler|zustand|socket\.io-client|socket\.io-parser|engine\.io-client|engine\.io-parser|@socket\.io)\b/,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: { '/api': 'http://127.0.0.1:8080', '/socket.io': { target: 'http://127.0.0.1:8080', ws: true } },
  },
});
