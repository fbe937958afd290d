import type { Redis } from 'ioredis';
import type { EventType } from '#contract/events';
import type { SourceState } from '../domain/sources.ts';
import type { ShardKeys } from '../store/keys.ts';

const FIELDS = ['newest', 'heard', 'minutes', 'types', 'accepted', 'late', 'duplicates', 'rejected'] as const;

/** What one shard knows of each source, and which types and optional fields were ever sent. */
export class SourceTable {
  readonly seen = new Set<string>();
  private readonly bySource = new Map<string, SourceState>();
  private readonly redis: Redis;
  private readonly keys: ShardKeys;
  constructor(redis: Redis, keys: ShardKeys) {
    this.redis = redis;
    this.keys = keys;
  }

  states(): SourceState[] {
    return [...this.bySource.values()];
  }

  /** Reads the state of these sources again; `*`: of all. */
  async read(sources: '*' | ReadonlySet<string>): Promise<void> {
    const [values, seen] = await Promise.all([
      sources === '*' ? this.all() : this.some([...sources]),
      this.redis.hkeys(this.keys.seen),
    ]);
    for (const field of seen) this.seen.add(field);
    for (const [source, fields] of values) this.put(source, fields);
  }

  private async all(): Promise<Map<string, Map<string, string>>> {
    const values = new Map<string, Map<string, string>>();
    for (const [name, value] of Object.entries(await this.redis.hgetall(this.keys.sources))) {
      const cut = name.lastIndexOf('|');
      const source = name.slice(0, cut);
      const fields = values.get(source) ?? new Map<string, string>();
      values.set(source, fields.set(name.slice(cut + 1), value));
    }
    return values;
  }

  private async some(sources: readonly string[]): Promise<Map<string, Map<string, string>>> {
    if (sources.length === 0) return new Map();
    const names = sources.flatMap((source) => FIELDS.map((field) => `${source}|${field}`));
    const values = await this.redis.hmget(this.keys.sources, ...names);
    return new Map(
      sources.map((source, i) => [
        source,
        new Map(
          FIELDS.flatMap((field, j) => {
            const value = values[i * FIELDS.length + j];
            return typeof value === 'string' ? [[field, value] as const] : [];
          }),
        ),
      ]),
    );
  }

  private put(source: string, fields: ReadonlyMap<string, string>): void {
    const number = (name: (typeof FIELDS)[number]): number => Number(fields.get(name) ?? 0);
    const types = fields.get('types');
    this.bySource.set(source, {
      source,
      newestMs: number('newest'),
      heardMs: number('heard'),
      minutesCount: number('minutes'),
      types: (types ? types.split(',') : []) as EventType[],
      acceptedCount: number('accepted'),
      lateCount: number('late'),
      duplicateCount: number('duplicates'),
      rejectedCount: number('rejected'),
    });
  }
}
