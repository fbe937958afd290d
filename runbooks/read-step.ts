import { undoableId } from '#contract/run-facts';
import type { ActionSpec, Check, CheckReading } from '#contract/runbooks';
import { readCheck } from './domain/check.ts';
import type { ActionPort, ActionPorts, FigureLookup } from './ports.ts';
import type { Kept } from './run-store.ts';

/**
 * The check of a step as it reads now: its figures and, where it asks for that, whether what the action does holds. A drill sends
 * nothing, so there it is taken as if it did.
 */
export async function readStep(
  check: Check,
  { run, runbook }: Kept,
  n: number,
  { actions, figures }: { readonly actions: ActionPorts; readonly figures: FigureLookup },
): Promise<CheckReading> {
  const spec = runbook.actions[runbook.steps[n - 1]?.action ?? ''];
  let inEffect: boolean | null = null;
  if (check.inEffect && spec !== undefined) {
    const execution = run.steps[n - 1]?.execution ?? null;
    const port: Pick<ActionPort<ActionSpec['type']>, 'inEffect'> = actions[spec.type] as never;
    const asked = { spec, doneKey: undoableId(execution) ?? '' };
    inEffect = run.drill ? true : ((await port.inEffect?.(asked)) ?? null);
  }
  return readCheck(check, (term) => figures.value(term), inEffect);
}
