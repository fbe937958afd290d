/**
 * The layers of the product, lowest first. A file may import its own layer and lower ones; `client` and `load` see the
 * contract only; a domain never sees another domain.
 */
const LAYERS = ['contract', 'domain', 'engine', 'routes', 'app', 'main'] as const;
export type Layer = (typeof LAYERS)[number] | 'client' | 'load' | 'test';

/** The layer of a path relative to the repository's root; null when it has none. */
export function layerOf(path: string): Layer | null {
  if (/\.test\.tsx?$/.test(path) || path.startsWith('server/test/') || path.startsWith('client/e2e/')) return 'test';
  if (path.startsWith('client/')) return 'client';
  if (path.startsWith('load/')) return 'load';
  if (path.startsWith('server/contract/')) return 'contract';
  if (/(^|\/)domain\//.test(path)) return 'domain';
  if (path.startsWith('server/routes/')) return 'routes';
  if (/^server\/(app|compose(-[a-z]+)?)\.ts$/.test(path)) return 'app';
  if (/^server\/(main|demo|setup|run-[a-z-]+)\.ts$/.test(path)) return 'main';
  if (/^(server|alerts|runbooks)\//.test(path)) return 'engine';
  return null;
}

const domainOf = (path: string): string => path.slice(0, path.indexOf('domain/'));

/** Says what is wrong with `from` importing `to`; null when the arrow is allowed. Tests may import anything. */
export function arrowProblem(from: string, to: string): string | null {
  const source = layerOf(from);
  const target = layerOf(to);
  if (source === null || target === null || source === 'test') return null;
  const arrow = `${from} → ${to}`;
  if (target === 'test') return `${arrow}: product code imports a test file`;
  if (source === 'client' || source === 'load') {
    return target === source || target === 'contract' ? null : `${arrow}: ${source} may import #contract only`;
  }
  if (target === 'client' || target === 'load') return `${arrow}: the server imports ${target}`;
  if (source === 'domain' && target === 'domain' && domainOf(from) !== domainOf(to))
    return `${arrow}: a domain imports another domain`;
  return LAYERS.indexOf(source) >= LAYERS.indexOf(target) ? null : `${arrow}: ${source} imports ${target}`;
}
