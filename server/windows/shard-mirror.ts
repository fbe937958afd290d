import type { Redis } from 'ioredis';
import type { CellTable } from '../domain/cell-table.ts';
import { sliceExpiresAtMs } from '../domain/place-event.ts';
import { SpendRegister, StockRegister } from '../domain/registers.ts';
import { floorTo, RESOLUTIONS, type ResolutionName } from '../domain/resolutions.ts';
import type { SourceState } from '../domain/sources.ts';
import type { ShardKeys } from '../store/keys.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { decodeChanges } from './changes.ts';
import { SourceTable } from './source-table.ts';

/** Minutes kept in memory besides the opening hour; older ones are read as hours. */
const MINUTES_BACK_MS = 26 * 3_600_000;
const NOTES_PER_READ = 2_000;
/** Slices read per pipeline while loading. */
const LOAD_CHUNK = 120;

const compact = loadScript('compact-moves-1');
const NO_NOTE = '0-0';

type Cells = '*' | Set<number>;
/** `lost`: notes were trimmed before they were read, or the store is another one; load again. */
export type Refreshed = 'unchanged' | 'changed' | 'lost';

/**
 * One shard's windows in this node's memory. It never adds anything up by itself: whatever a note names is read again
 * from the store, so reading twice, late or out of order ends in the same numbers.
 */
export class ShardMirror {
  readonly slices: Readonly<Record<ResolutionName, Map<number, Float64Array>>> = {
    '1s': new Map(),
    '1m': new Map(),
    '1h': new Map(),
  };
  /** Oldest start that is complete here, by resolution; the opening's own seconds and minutes are always complete. */
  readonly loadedFromMs: Record<ResolutionName, number> = {
    '1s': Number.POSITIVE_INFINITY,
    '1m': Number.POSITIVE_INFINITY,
    '1h': Number.NEGATIVE_INFINITY,
  };
  readonly stock = new Map<string, Map<string, StockRegister>>();
  readonly spend = new Map<string, Map<string, SpendRegister>>();
  private readonly sourceTable: SourceTable;
  private lastNote = NO_NOTE;
  private readonly redis: Redis;
  private readonly keys: ShardKeys;
  private readonly table: CellTable;
  private readonly opensAtMs: number;
  constructor(redis: Redis, keys: ShardKeys, table: CellTable, opensAtMs: number) {
    this.redis = redis;
    this.keys = keys;
    this.sourceTable = new SourceTable(redis, keys);
    this.table = table;
    this.opensAtMs = opensAtMs;
  }

  /** Reads everything from the store, newest first. @param onProgress - 0–1 */
  async load(nowMs: number, onProgress: (ratio: number) => void): Promise<void> {
    const [last] = await this.redis.xrevrange(this.keys.changes, '+', '-', 'COUNT', 1);
    this.lastNote = last?.[0] ?? NO_NOTE;
    const names = await this.redis.smembers(this.keys.registers);
    await this.sourceTable.read('*');
    const hours = names.filter((name) => name.startsWith('1h:')).map((name) => Number(name.slice(3)));
    const wanted = this.wantedSlices(hours, nowMs);
    for (let i = 0; i < wanted.length; i += LOAD_CHUNK) {
      await this.readSlices(wanted.slice(i, i + LOAD_CHUNK));
      onProgress(i / wanted.length);
    }
    await this.readRegisters(names.filter((name) => !name.startsWith('1h:')).map((key) => [key, '*' as const]));
    this.loadedFromMs['1s'] = nowMs - RESOLUTIONS['1s'].keepMs;
    this.loadedFromMs['1m'] = nowMs - MINUTES_BACK_MS;
    onProgress(1);
  }

  private wantedSlices(hours: readonly number[], nowMs: number): [ResolutionName, number, Cells][] {
    const wanted: [ResolutionName, number, Cells][] = [];
    for (const hourMs of [...hours].sort((a, b) => b - a)) {
      wanted.push(['1h', hourMs, '*']);
      const opening = floorTo(this.opensAtMs, 3_600_000) === hourMs;
      if (hourMs + 3_600_000 > nowMs - MINUTES_BACK_MS || opening) {
        for (let ms = hourMs; ms < hourMs + 3_600_000; ms += 60_000) wanted.push(['1m', ms, '*']);
      }
      for (let ms = hourMs; ms < hourMs + 3_600_000; ms += 1_000) {
        const kept = ms >= nowMs - RESOLUTIONS['1s'].keepMs || floorTo(ms, 60_000) === floorTo(this.opensAtMs, 60_000);
        if (kept && ms <= nowMs + 60_000) wanted.push(['1s', ms, '*']);
      }
    }
    return wanted;
  }

  /** Reads what changed since the last call. */
  async refresh(nowMs: number): Promise<Refreshed> {
    // The last note read is read again: when it is not there, others may have gone before they were read.
    const [first, ...notes] = await this.redis.xrange(this.keys.changes, this.lastNote, '+', 'COUNT', NOTES_PER_READ);
    if (this.lastNote === NO_NOTE) {
      if (first === undefined) return 'unchanged';
      if (await this.hasTrimmedNotes()) return 'lost';
      notes.unshift(first);
    } else if (first?.[0] !== this.lastNote) return 'lost';
    if (notes.length === 0) return 'unchanged';
    const slices = new Map<number, Cells>();
    const registers = new Map<string, Set<string>>();
    let sources: '*' | Set<string> = new Set<string>();
    for (const [, fields] of notes) {
      const note = decodeChanges(this.table.fingerprint, fields[1] as string);
      for (const [seconds, cells] of note.slices) join(slices, seconds * 1_000, cells);
      for (const [key, names] of note.registers) {
        const known = registers.get(key);
        if (known === undefined) registers.set(key, new Set(names));
        else for (const name of names) known.add(name);
      }
      if (note.sources === '*') sources = '*';
      else if (sources !== '*') for (const source of note.sources) sources.add(source);
    }
    const wanted: [ResolutionName, number, Cells][] = [];
    const coarse = { '1m': new Map<number, Cells>(), '1h': new Map<number, Cells>() };
    for (const [ms, cells] of slices) {
      if (sliceExpiresAtMs('1s', ms, this.opensAtMs) > nowMs) wanted.push(['1s', ms, cells]);
      join(coarse['1m'], floorTo(ms, 60_000), cells);
      join(coarse['1h'], floorTo(ms, 3_600_000), cells);
    }
    for (const resolution of ['1m', '1h'] as const)
      for (const [ms, cells] of coarse[resolution]) wanted.push([resolution, ms, cells]);
    // one way to the store and back: it answers in the order asked, so sources are never older than their slices
    await Promise.all([this.readSlices(wanted), this.readRegisters([...registers]), this.sourceTable.read(sources)]);
    // Only now: when a read above failed, the same notes are read again.
    this.lastNote = notes.at(-1)?.[0] ?? this.lastNote;
    return 'changed';
  }

  private async hasTrimmedNotes(): Promise<boolean> {
    const info = (await this.redis.xinfo('STREAM', this.keys.changes)) as unknown[];
    return info[info.indexOf('max-deleted-entry-id') + 1] !== NO_NOTE;
  }

  /** Forgets what is past its keep. */
  evict(nowMs: number): void {
    for (const ms of this.slices['1s'].keys()) {
      if (sliceExpiresAtMs('1s', ms, this.opensAtMs) <= nowMs) this.slices['1s'].delete(ms);
    }
    for (const ms of this.slices['1m'].keys()) {
      if (ms < nowMs - MINUTES_BACK_MS && floorTo(ms, 3_600_000) !== floorTo(this.opensAtMs, 3_600_000))
        this.slices['1m'].delete(ms);
    }
    this.loadedFromMs['1s'] = Math.max(this.loadedFromMs['1s'], nowMs - RESOLUTIONS['1s'].keepMs);
    this.loadedFromMs['1m'] = Math.max(this.loadedFromMs['1m'], nowMs - MINUTES_BACK_MS);
  }

  private async readSlices(asked: readonly (readonly [ResolutionName, number, Cells])[]): Promise<void> {
    const wanted = asked.filter(([, , cells]) => cells === '*' || cells.size > 0);
    if (wanted.length === 0) return;
    const { names } = this.table;
    const pipeline = this.redis.pipeline();
    for (const [resolution, ms, cells] of wanted) {
      const key = this.keys.slice(resolution, ms);
      if (cells === '*') pipeline.hgetall(key);
      else pipeline.hmget(key, ...Array.from(cells, (cell) => names[cell] as string));
    }
    const replies = await pipeline.exec();
    wanted.forEach(([resolution, ms, cells], i) => {
      const [error, reply] = replies?.[i] ?? [new Error('no reply'), null];
      if (error) throw error;
      if (cells === '*') {
        const fields = Object.entries(reply as Record<string, string>);
        if (fields.length === 0) return; // most seconds of a quiet campaign: no memory for them
        const sums = this.sumsOf(resolution, ms);
        for (const [name, value] of fields) {
          const cell = this.table.index.get(name);
          if (cell !== undefined) sums[cell] = Number(value);
        }
        return;
      }
      const sums = this.sumsOf(resolution, ms);
      let at = 0;
      for (const cell of cells) {
        const value = (reply as (string | null)[])[at];
        if (typeof value === 'string') sums[cell] = Number(value);
        at += 1;
      }
    });
  }

  private sumsOf(resolution: ResolutionName, ms: number): Float64Array {
    let sums = this.slices[resolution].get(ms);
    if (sums === undefined) {
      sums = new Float64Array(this.table.names.length);
      this.slices[resolution].set(ms, sums);
    }
    return sums;
  }

  private async readRegisters(wanted: readonly (readonly [string, '*' | ReadonlySet<string>])[]): Promise<void> {
    if (wanted.length === 0) return;
    const pipeline = this.redis.pipeline();
    for (const [key, fields] of wanted) {
      if (fields === '*') pipeline.hgetall(key);
      else pipeline.hmget(key, ...fields);
    }
    const replies = await pipeline.exec();
    wanted.forEach(([key, fields], i) => {
      const [error, reply] = replies?.[i] ?? [new Error('no reply'), null];
      if (error) throw error;
      const names = fields === '*' ? Object.keys(reply as Record<string, string>) : [...fields];
      const values = fields === '*' ? Object.values(reply as Record<string, string>) : (reply as (string | null)[]);
      names.forEach((name, j) => {
        const value = values[j];
        if (typeof value === 'string') this.putRegister(key, name, value);
      });
    });
  }

  /** Keys end in `stock:<sku>|<warehouse>` or `spend:<channel>|<day>`; fields are `c:<ms>`, `m:<ms>` and `s:<minute>`. */
  private putRegister(key: string, field: string, value: string): void {
    const [, kind, id, part] = /:(stock|spend):(.*)\|([^|]*)$/.exec(key) ?? [];
    const atMs = Number(field.slice(2));
    if (id === undefined || part === undefined) return;
    if (kind === 'stock') {
      const register = entry(
        entry(this.stock, id, () => new Map<string, StockRegister>()),
        part,
        () => new StockRegister(),
      );
      if (field.startsWith('m:')) register.setMove(atMs, Number(value));
      else if (field.startsWith('s:')) register.setSold(atMs, Number(value));
      else register.setCount(atMs, Number(value.split(' ')[2]));
      return;
    }
    const [, , spendMinor, impressions, clicks] = value.split(' ').map(Number);
    const register = entry(
      entry(this.spend, id, () => new Map<string, SpendRegister>()),
      part,
      () => new SpendRegister(),
    );
    register.set(atMs, { spendMinor: spendMinor ?? 0, impressions: impressions ?? 0, clicks: clicks ?? 0 });
  }

  /** Drops register entries that no question about `tMs` or later needs, here and in the store. */
  async pruneRegisters(tMs: number): Promise<void> {
    for (const [sku, warehouses] of this.stock) {
      for (const [warehouse, register] of warehouses) {
        const { countsMs, movesMs } = register.prune(tMs);
        const fields = [...countsMs.map((ms) => `c:${ms}`), ...movesMs.map((ms) => `m:${ms}`)];
        for (let i = 0; i < fields.length; i += 1_000)
          await runScript(this.redis, compact, [this.keys.stock(sku, warehouse)], fields.slice(i, i + 1_000));
      }
    }
  }

  /** Types and optional fields ever sent. */
  get seen(): ReadonlySet<string> {
    return this.sourceTable.seen;
  }

  get sources(): SourceState[] {
    return this.sourceTable.states();
  }
}

function join(slices: Map<number, Cells>, ms: number, cells: '*' | Iterable<number>): void {
  const known = slices.get(ms);
  if (known === '*') return;
  if (cells === '*') slices.set(ms, '*');
  else if (known === undefined) slices.set(ms, new Set(cells));
  else for (const cell of cells) known.add(cell);
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
