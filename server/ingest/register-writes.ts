import type { RegisterWrite } from '../store/apply-batch.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { ValidEvent } from './validate.ts';

export interface RegisterPlace {
  readonly keys: readonly ShardKeys[];
  /** SKUs the campaign lists; others are not kept, so that nothing grows with the data. */
  readonly isListedSku: (sku: string) => boolean;
  readonly isListedChannel: (channel: string) => boolean;
}

export const warehouseOf = (data: ValidEvent['data']): string => (data.warehouse as string | undefined) ?? 'main';

const DAY_MS = 86_400_000;
/** A day's spend is reported on that day and corrected long after; zones are up to 14 h ahead of UTC. */
export function isDayNear(day: string, eventAtMs: number): boolean {
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const exists = Number.isFinite(dayMs) && new Date(dayMs).toISOString().startsWith(day);
  return exists && dayMs <= eventAtMs + DAY_MS && dayMs >= eventAtMs - 400 * DAY_MS;
}

/** What a stock count, a stock move or an ad report writes; nothing for any other event. Fields carry the event time in ms. */
export function registerWrites(event: ValidEvent, place: RegisterPlace, shard: number): RegisterWrite[] {
  const keys = place.keys[shard] as ShardKeys;
  const { data, id, eventAtMs } = event;
  if (event.type === 'stock.counted' || event.type === 'stock.moved') {
    const sku = data.sku as string;
    if (!place.isListedSku(sku)) return [];
    const key = keys.stock(sku, warehouseOf(data));
    if (event.type === 'stock.moved')
      return [{ key, op: 'add', field: `m:${eventAtMs}`, revision: 0, id, value: String(data.delta) }];
    return [{ key, op: 'set', field: `c:${eventAtMs}`, revision: 0, id, value: String(data.onHand) }];
  }
  if (event.type === 'ad.reported') {
    const channel = place.isListedChannel(data.channel as string) ? (data.channel as string) : 'other';
    const value = `${data.spendMinor} ${data.impressions ?? 0} ${data.clicks ?? 0}`;
    return [
      {
        key: keys.spend(channel, data.day as string),
        op: 'set',
        field: `c:${eventAtMs}`,
        revision: data.revision as number,
        id,
        value,
      },
    ];
  }
  return [];
}
