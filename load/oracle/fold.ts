import type { CampaignReply } from '#contract/campaign';
import { slotRange } from '../generate.ts';
import type { Progress } from '../progress.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ExpectedCells } from './cells.ts';
import { type ExpectContext, expectEvent } from './expect.ts';
import { ExpectedRegisters } from './registers.ts';

export interface Expected {
  readonly cells: ExpectedCells;
  readonly registers: ExpectedRegisters;
  /** Distinct good events in acked bodies. */
  readonly eventCount: number;
  /** Good items beyond the first of their identity. */
  readonly repeatCount: number;
  readonly brokenCount: number;
}

/**
 * Makes every acked body again and folds its good events, each identity once. What was not acked is not expected, and must not
 * be there: a body is only given up after the run is over.
 */
export function foldAcked(
  scenario: Scenario,
  ackedBodies: Uint8Array,
  campaign: CampaignReply,
  cells = new ExpectedCells(campaign),
  registers = new ExpectedRegisters(),
  progress?: Progress,
): Expected {
  const categories = new Map(campaign.items.map(({ sku, category }) => [sku, category]));
  const context: ExpectContext = { edgesMs: campaign.edgesMs, categoryOf: (sku) => categories.get(sku) };
  const counted = new Uint8Array(scenario.options.itemCount);
  let eventCount = 0;
  let repeatCount = 0;
  let brokenCount = 0;
  for (let body = 0; body < scenario.bodyCount; body += 1) {
    if (ackedBodies[body] !== 1) continue;
    const { first, end } = slotRange(scenario, body);
    for (let slot = first; slot < end; slot += 1) {
      const planned = scenario.slotAt(slot);
      if (planned.kind === 'broken') brokenCount += 1;
      else if (counted[planned.identity] === 1) repeatCount += 1;
      else {
        counted[planned.identity] = 1;
        eventCount += 1;
        expectEvent(planned.event, cells, context);
        registers.add(planned.event);
      }
    }
    progress?.update(body + 1, scenario.bodyCount);
  }
  return { cells, registers, eventCount, repeatCount, brokenCount };
}
