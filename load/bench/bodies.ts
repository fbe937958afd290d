import type { CampaignReply } from '#contract/campaign';
import { Random, ranked } from '../random.ts';
import { valuesOf } from '../vocabulary.ts';

/** `flat`: the sample event of DESIGN §3. `rich`: the same with a buyer and items. */
export type BodyKind = 'flat' | 'rich';
/** A body made beforehand, and where its ids stand, so that counting by id can give every event a new one in place. */
export interface PreparedBody {
  readonly bytes: Buffer;
  readonly idOffsets: Int32Array;
  readonly eventCount: number;
}
const ID_DIGITS = 12;
const ID_MARK = '"id":"b';
/** Events lie in the last two seconds before they were made: what a stream of live orders looks like. */
const SPREAD_MS = 2_000;

export function prepareBody(
  campaign: CampaignReply,
  kind: BodyKind,
  eventCount: number,
  seed: number,
  nowMs: number,
): PreparedBody {
  const random = new Random(seed);
  const category = ranked(valuesOf(campaign, 'category'));
  const region = ranked(valuesOf(campaign, 'region'));
  const channel = ranked(valuesOf(campaign, 'channel'));
  const lines: string[] = [];
  for (let n = 0; n < eventCount; n += 1) {
    const event = {
      id: `b${'0'.repeat(ID_DIGITS)}`,
      source: `/bench/${seed}`,
      type: 'order.paid',
      ts: nowMs - random.below(SPREAD_MS),
      orderId: `2026111${random.below(10_000_000)}`,
      amountMinor: random.between(100, 60_000),
      category: category.draw(random),
      region: region.draw(random),
      channel: channel.draw(random),
      platform: random.chance(0.82) ? 'mobile' : 'web',
    };
    const rich = {
      buyerId: `u${random.below(1_000_000)}`,
      newBuyer: random.chance(0.35),
      items: [
        { sku: campaign.items[0]?.sku ?? 'any', quantity: 1 },
        { sku: `s${random.below(9_999)}`, quantity: 2, amountMinor: 990 },
      ],
    };
    lines.push(JSON.stringify(kind === 'rich' ? { ...event, ...rich } : event));
  }
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const idOffsets = new Int32Array(eventCount);
  let at = -1;
  for (let n = 0; n < eventCount; n += 1) {
    at = bytes.indexOf(ID_MARK, at + 1);
    idOffsets[n] = at + ID_MARK.length;
  }
  return { bytes, idOffsets, eventCount };
}

/** Gives every event of the body a new id, in place: `first`, `first + 1` … */
export function renumber({ bytes, idOffsets }: PreparedBody, first: number): void {
  for (let n = 0; n < idOffsets.length; n += 1) {
    let value = first + n;
    const start = idOffsets[n] as number;
    for (let digit = start + ID_DIGITS - 1; digit >= start; digit -= 1) {
      bytes[digit] = 48 + (value % 10);
      value = Math.floor(value / 10);
    }
  }
}
