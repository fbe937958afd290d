import type { LoadEvent } from '../load-event.ts';

interface Entry {
  readonly ts: number;
  readonly revision: number;
  readonly id: string;
  readonly value: number;
}

/**
 * Registers as they must stand: facts that replace each other. Written from the promise, in the plainest way: keep every
 * event, sort, read off. The larger (time, revision, id) wins.
 */
export class ExpectedRegisters {
  readonly #counts = new Map<string, Entry[]>();
  readonly #moves = new Map<string, Entry[]>();
  readonly #spend = new Map<string, Entry[]>();

  add(event: LoadEvent): void {
    const { ts, id } = event;
    const shelf = `${event.sku}|${event.warehouse ?? 'main'}`;
    if (event.type === 'stock.counted') push(this.#counts, shelf, { ts, revision: 0, id, value: Number(event.onHand) });
    if (event.type === 'stock.moved') push(this.#moves, shelf, { ts, revision: 0, id, value: Number(event.delta) });
    if (event.type === 'ad.reported') {
      const account = `${event.channel}|${event.day}`;
      push(this.#spend, account, { ts, revision: Number(event.revision), id, value: Number(event.spendMinor) });
    }
  }

  /** Σ over warehouses that were ever counted by then; null when none was. */
  onHand(sku: string, tMs: number): number | null {
    let units: number | null = null;
    for (const [shelf, counts] of this.#counts) {
      if (!shelf.startsWith(`${sku}|`)) continue;
      const last = newest(counts, tMs);
      if (last === null) continue;
      const moves = (this.#moves.get(shelf) ?? []).filter(({ ts }) => ts > last.ts && ts <= tMs);
      units = (units ?? 0) + last.value + moves.reduce((sum, { value }) => sum + value, 0);
    }
    return units;
  }

  /** Spend of a channel over `[fromMs, toMs)`: differences of cumulative day reports. */
  spend(channel: string, fromMs: number, toMs: number): number {
    let minor = 0;
    for (const [account, reports] of this.#spend) {
      if (!account.startsWith(`${channel}|`)) continue;
      minor += (newest(reports, toMs - 1)?.value ?? 0) - (newest(reports, fromMs - 1)?.value ?? 0);
    }
    return minor;
  }
}

function push(lists: Map<string, Entry[]>, key: string, entry: Entry): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [entry]);
  else list.push(entry);
}

function newest(entries: readonly Entry[], tMs: number): Entry | null {
  let best: Entry | null = null;
  for (const entry of entries) if (entry.ts <= tMs && (best === null || isAfter(entry, best))) best = entry;
  return best;
}

function isAfter(a: Entry, b: Entry): boolean {
  if (a.ts !== b.ts) return a.ts > b.ts;
  if (a.revision !== b.revision) return a.revision > b.revision;
  return a.id > b.id;
}
