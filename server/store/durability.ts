import { Cluster, type Redis } from 'ioredis';
import type { Log } from '../room/log.ts';

/** What an outside Redis promises less than the embedded one; codes are for machines (`/-/ready`), texts for people. */
export interface StoreWarning {
  readonly code: 'acks_not_on_disk' | 'acks_not_fsynced' | 'fsync_unknown' | 'store_may_evict';
  readonly text: string;
}
const SETTINGS = ['appendonly', 'appendfsync', 'maxmemory-policy'] as const;
type Settings = ReadonlyMap<string, string>;

/** The worst that is true of one server's settings; null: it does not tell them. Pure. */
export function warningsOf(settings: Settings | null): StoreWarning[] {
  if (settings === null) {
    const text = 'the store does not tell its settings; whether an acknowledged event is on its disk is not known';
    return [{ code: 'fsync_unknown', text }];
  }
  const warnings: StoreWarning[] = [];
  const fsync = settings.get('appendfsync');
  if (settings.get('appendonly') === 'no') {
    const text =
      'the store keeps no log (appendonly no): what was acknowledged is gone when it ends; set appendonly yes and appendfsync always';
    warnings.push({ code: 'acks_not_on_disk', text });
  } else if (fsync !== 'always') {
    const text = `the store answers before it fsyncs (appendfsync ${fsync}): what was acknowledged last may be gone when its machine ends; set appendfsync always`;
    warnings.push({ code: 'acks_not_fsynced', text });
  }
  const policy = settings.get('maxmemory-policy');
  if (policy !== 'noeviction') {
    const text = `the store may throw away counted events when its memory is full (maxmemory-policy ${policy}); set noeviction`;
    warnings.push({ code: 'store_may_evict', text });
  }
  return warnings;
}

/** Null: it forbids the question, as hosted stores do. @throws what the store says when it is away */
async function settingsOf(redis: Redis): Promise<Settings | null> {
  try {
    const flat = (await redis.config('GET', ...SETTINGS)) as string[];
    return new Map(SETTINGS.map((name) => [name, flat[flat.indexOf(name) + 1] ?? '']));
  } catch (error) {
    if (/^(NOPERM|ERR unknown)/.test((error as Error).message)) return null;
    throw error;
  }
}

/** Looks at every master now and after each reconnect (a failover may have changed the server), and says each warning once. */
export class Durability {
  private current: readonly StoreWarning[] = [];
  private readonly said = new Set<string>();
  private readonly redis: Redis;
  private readonly log: Pick<Log, 'warn'>;
  constructor(redis: Redis, log: Pick<Log, 'warn'>) {
    this.redis = redis;
    this.log = log;
    redis.on('ready', () => void this.check());
  }

  get warnings(): readonly StoreWarning[] {
    return this.current;
  }

  async check(): Promise<void> {
    const store: unknown = this.redis; // the types say that it cannot be a Cluster
    const masters = store instanceof Cluster ? store.nodes('master') : [this.redis];
    const found = new Map<string, StoreWarning>();
    try {
      for (const settings of await Promise.all(masters.map(settingsOf)))
        for (const warning of warningsOf(settings)) found.set(warning.code, warning);
    } catch {
      return; // it is away: asked again when it is back
    }
    this.current = [...found.values()];
    for (const { code, text } of this.current) {
      if (!this.said.has(code)) this.log.warn({ code }, text);
      this.said.add(code);
    }
  }
}
