import { limit } from '../limits.ts';
import type { IngestWindows } from './ingest.ts';

/**
 * What the windows can still take without losing exactness: what they hold as last read, less what this node has let in
 * since. Without the second part, bodies that come at the same time would each fill the same room.
 */
export class MoneyRoom {
  private takenMinor = 0;
  private settledLately: { readonly atMs: number; readonly minor: number }[] = [];
  private readonly windows: Pick<IngestWindows, 'roomMinor' | 'readStartedMs'>;
  constructor(windows: Pick<IngestWindows, 'roomMinor' | 'readStartedMs'>) {
    this.windows = windows;
  }

  leftMinor(): number {
    const { readStartedMs } = this.windows;
    this.settledLately = this.settledLately.filter(({ atMs }) => atMs >= readStartedMs);
    const lately = this.settledLately.reduce((sum, { minor }) => sum + minor, 0);
    return Math.max(0, this.windows.roomMinor() - this.takenMinor - lately);
  }

  /** A body is being counted. */
  take(minor: number): void {
    this.takenMinor += minor;
  }

  /** It is counted, or may be: the next read of the windows tells. */
  settle(minor: number): void {
    this.takenMinor -= minor;
    if (minor > 0) this.settledLately.push({ atMs: performance.now(), minor });
  }
}

export interface SeriesCaps {
  readonly admitsSource: (source: string) => boolean;
  readonly admitsWarehouse: (sku: string, warehouse: string) => boolean;
}

/** Names that producers choose and that are kept for the whole run, each kind up to its limit; known ones go on. */
export function seriesCaps(windows: Pick<IngestWindows, 'newestOf' | 'sourceCount'>): SeriesCaps {
  const sources = new Set<string>();
  const warehouses = new Map<string, Set<string>>();
  return {
    admitsSource: (source) => {
      if (sources.has(source)) return true;
      const isKnown = windows.newestOf(source) > 0;
      if (!isKnown && Math.max(sources.size, windows.sourceCount) >= limit('sources')) return false;
      sources.add(source);
      return true;
    },
    admitsWarehouse: (sku, warehouse) => {
      let known = warehouses.get(sku);
      if (known === undefined) {
        known = new Set();
        warehouses.set(sku, known);
      }
      if (known.has(warehouse)) return true;
      if (known.size >= limit('warehouses')) return false;
      known.add(warehouse);
      return true;
    },
  };
}
