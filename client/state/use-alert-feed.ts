import { useMemo, useSyncExternalStore } from 'react';
import { type AlertTally, isListed, tallyOf } from '#contract/alert-tally';
import type { Alert } from '#contract/alerts';
import type { AlertSink } from '../net/use-link.ts';
import { type AlertsState, useAlerts } from './alerts-store.ts';

/** The stream into the store; one for the whole page. */
export const ALERT_SINK: AlertSink = {
  after: () => useAlerts.getState().position,
  onPage: (page) => useAlerts.getState().applyPage(page),
  onTop: (top) => useAlerts.getState().applyMoney(top),
};

/** From so many alerts on, a change may wait this long for more, ms; the first one is drawn at once. */
const LONG_LIST = 1_000;
const WAIT_MS = 150;

let snapshot: AlertsState = useAlerts.getState();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setTimeout> | null = null;
let takenAtMs = Number.NEGATIVE_INFINITY;
function take(): void {
  timer = null;
  takenAtMs = performance.now();
  snapshot = useAlerts.getState();
  for (const listener of listeners) listener();
}
useAlerts.subscribe((state, before) => {
  if (timer !== null) return;
  const pressed = state.expected !== before.expected;
  const dueInMs = state.byId.size < LONG_LIST || pressed ? 0 : takenAtMs + WAIT_MS - performance.now();
  if (dueInMs <= 0) take();
  else timer = setTimeout(take, dueInMs);
});
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export interface Listed {
  /** Alerts as they are shown, by id: with what was just pressed here. */
  readonly byId: ReadonlyMap<string, Alert>;
  readonly byRule: ReadonlyMap<string, readonly Alert[]>;
  /** As every screen counts them. */
  readonly tally: AlertTally;
  /** The first list is here. */
  readonly known: boolean;
}
/** All that a desk lists, drawn again as alerts change: at once while there are few, a few times a second when there are many. */
export function useListed(): Listed {
  const { byId, expected, position } = useSyncExternalStore(subscribe, () => snapshot);
  return useMemo(() => {
    const listed = new Map<string, Alert>();
    const byRule = new Map<string, Alert[]>();
    for (const alert of byId.values()) {
      if (!isListed(alert)) continue;
      const change = expected.get(alert.id);
      const shown = change === undefined ? alert : { ...alert, ...change };
      listed.set(alert.id, shown);
      const rule = byRule.get(alert.rule);
      if (rule === undefined) byRule.set(alert.rule, [shown]);
      else rule.push(shown);
    }
    return { byId: listed, byRule, tally: tallyOf(listed.values()), known: position !== null };
  }, [byId, expected, position]);
}
