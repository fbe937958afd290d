import type { RegisterWrite } from '../store/apply-batch.ts';
import type { ShardKeys } from '../store/keys.ts';
import type { ValidEvent } from './validate.ts';

export interface RegisterPlace {
  readonly keys: readonly ShardKeys[];
  /** SKUs the campaign lists; others are not kept, so that nothing grows with the data. */
  readonly isListedSku: (sku: string) => boolean;
  readonly isListedChannel: (channel: string) => boolean;
}

/** What a stock count, a stock move or an ad report writes; nothing for any other event. Fields carry the event time in ms. */
export function registerWrites(event: ValidEvent, place: RegisterPlace, shard: number): RegisterWrite[] {
  const keys = place.keys[shard] as ShardKeys;
  const { data, id, eventAtMs } = event;
  if (event.type === 'stock.counted' || event.type === 'stock.moved') {
    const sku = data.sku as string;
    if (!place.isListedSku(sku)) return [];
    const key = keys.stock(sku, (data.warehouse as string | undefined) ?? 'main');
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
