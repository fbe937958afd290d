import type { ErrorCode } from '#contract/errors';
import { type BodyItem, encodeBody, type Form } from './load-event.ts';
import { double11 } from './scenarios/double11.ts';
import type { Scenario, ScenarioOptions } from './scenarios/scenario.ts';

export const SCENARIOS: Readonly<Record<string, (options: ScenarioOptions) => Scenario>> = { double11 };

/** One request's worth of a run. */
export interface Body {
  readonly index: number;
  readonly firstSlot: number;
  readonly itemCount: number;
  readonly form: Form;
  readonly bytes: Buffer;
  /** Not to be sent earlier, ms: its newest item has happened by then. */
  readonly dueMs: number;
  /** Items that must be refused: place in the body → codes that are a right answer. */
  readonly broken: ReadonlyMap<number, readonly ErrorCode[]>;
}

/** The slots `[first, end)` a body carries. */
export function slotRange({ options }: Scenario, body: number): { first: number; end: number } {
  const first = body * options.bodyItemCount;
  return { first, end: Math.min(options.itemCount, first + options.bodyItemCount) };
}

export function bodyAt(scenario: Scenario, index: number): Body {
  const { first, end } = slotRange(scenario, index);
  const form = scenario.formOf(index);
  const items: BodyItem[] = [];
  const broken = new Map<number, readonly ErrorCode[]>();
  for (let slot = first; slot < end; slot += 1) {
    const planned = scenario.slotAt(slot);
    if (planned.kind === 'broken') broken.set(slot - first, planned.codes);
    items.push(planned.kind === 'broken' ? planned.item : planned.event);
  }
  const dueMs = scenario.dueMs(end - 1);
  return { index, firstSlot: first, itemCount: end - first, form, bytes: encodeBody(form, items), dueMs, broken };
}
