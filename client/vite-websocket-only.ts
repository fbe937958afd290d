import type { Plugin } from 'vite';

/**
 * Screens speak over websockets only, so the ways round (long polling, WebTransport) are left out of what a phone loads: 3 kB.
 * engine.io-client names all its transports in one file; this one takes its place.
 */
export function websocketOnly(): Plugin {
  const TABLE = '\0websocket-only';
  return {
    name: 'websocket-only',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!importer?.includes('engine.io-client/build/esm') || !source.endsWith('transports/index.js')) return null;
      const file = await this.resolve('./transports/websocket.js', importer);
      return file === null ? null : `${TABLE}:${file.id}`;
    },
    load(id) {
      if (!id.startsWith(TABLE)) return null;
      const file = JSON.stringify(id.slice(TABLE.length + 1));
      return `import { WS } from ${file};\nexport const transports = { websocket: WS };\n`;
    },
  };
}
