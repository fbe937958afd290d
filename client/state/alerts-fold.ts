import type { Alert, AlertPage } from '#contract/alerts';
import type { FrameAlerts } from '#contract/frames';
import type { Position } from '#contract/timeline';

export interface AlertsData {
  /** All that are not over, by id: also pending ones and those a person resolved while their rule still fires. */
  readonly byId: ReadonlyMap<string, Alert>;
  /** Where the stream goes on from; null before the list is whole. */
  readonly position: Position | null;
  /** Pages of a list that is not whole yet; what is shown stays until it is. */
  readonly arriving: readonly Alert[] | null;
}
export const NO_ALERTS: AlertsData = { byId: new Map(), position: null, arriving: null };

/** Its rule no longer matches: it leaves the list. */
const isOver = ({ endsAt, evaluation }: Alert): boolean => endsAt !== null && evaluation === 'normal';

/**
 * Adds a page of the stream. Each alert is whole, so hearing one twice changes nothing and an older version never replaces a
 * newer one; a list that voids the old one takes its place at once when its last page is here.
 */
export function foldAlerts<S extends AlertsData>(state: S, page: AlertPage): S {
  const { position, alerts, reset, more } = page;
  if (reset || state.arriving !== null) {
    const arriving = [...(reset ? [] : (state.arriving ?? [])), ...alerts];
    if (more) return { ...state, arriving };
    const byId = new Map(arriving.filter((alert) => !isOver(alert)).map((alert) => [alert.id, alert]));
    return { ...state, byId, position, arriving: null };
  }
  const at = more ? state.position : position;
  if (alerts.length === 0) return { ...state, position: at };
  const byId = new Map(state.byId);
  for (const alert of alerts) {
    const had = byId.get(alert.id);
    if (had !== undefined && had.version > alert.version) continue;
    if (isOver(alert)) byId.delete(alert.id);
    else byId.set(alert.id, alert);
  }
  return { ...state, byId, position: at };
}

/** One alert as a command's answer has it; older than what the stream said, it changes nothing. */
export function foldAlert<S extends AlertsData>(state: S, alert: Alert): S {
  const had = state.byId.get(alert.id);
  if (had === undefined || had.version > alert.version) return state;
  const byId = new Map(state.byId);
  if (isOver(alert)) byId.delete(alert.id);
  else byId.set(alert.id, { ...alert, suppressedBy: had.suppressedBy });
  return { ...state, byId };
}

/** Money a minute of the most urgent ones goes with every frame, while an alert is sent again only when it changes. */
export function foldMoney<S extends AlertsData>(state: S, top: FrameAlerts['top']): S {
  let byId: Map<string, Alert> | null = null;
  for (const { id, costMinorPerMinute } of top ?? []) {
    const had = (byId ?? state.byId).get(id);
    if (had === undefined || had.costMinorPerMinute === costMinorPerMinute) continue;
    byId ??= new Map(state.byId);
    byId.set(id, { ...had, costMinorPerMinute });
  }
  return byId === null ? state : { ...state, byId };
}
