import { create } from 'zustand';
import type { Alert, AlertPage } from '#contract/alerts';
import type { FrameAlerts } from '#contract/frames';
import { type AlertsData, foldAlert, foldAlerts, foldMoney, NO_ALERTS } from './alerts-fold.ts';

/** What a command has changed here before the server said so; taken back when it is refused. */
export type Expected = Partial<Pick<Alert, 'handling' | 'owner'>>;
export interface AlertsState extends AlertsData {
  readonly expected: ReadonlyMap<string, Expected>;
  applyPage: (page: AlertPage) => void;
  applyAlert: (alert: Alert) => void;
  applyMoney: (top: FrameAlerts['top']) => void;
  expect: (ids: readonly string[], change: Expected) => void;
  /** The answer is here, or will not come: only what the server says counts. */
  settle: (ids: readonly string[]) => void;
  forget: () => void;
}

/** Alerts of screens that follow their stream: on-call desk and phone. A store of its own, so that walls do not load it. */
export const useAlerts = create<AlertsState>()((set) => ({
  ...NO_ALERTS,
  expected: new Map(),
  applyPage: (page) => set((state) => foldAlerts(state, page)),
  applyAlert: (alert) => set((state) => foldAlert(state, alert)),
  applyMoney: (top) => set((state) => foldMoney(state, top)),
  expect: (ids, change) =>
    set(({ expected }) => ({ expected: new Map([...expected, ...ids.map((id) => [id, change] as const)]) })),
  settle: (ids) =>
    set(({ expected }) => {
      const left = new Map(expected);
      for (const id of ids) left.delete(id);
      return { expected: left };
    }),
  forget: () => set({ ...NO_ALERTS, expected: new Map() }),
}));

/** An alert as it will be, if the server agrees with what was just pressed here. */
export function shownAlert({ byId, expected }: Pick<AlertsState, 'byId' | 'expected'>, id: string): Alert | undefined {
  const alert = byId.get(id);
  const change = expected.get(id);
  return alert === undefined || change === undefined ? alert : { ...alert, ...change };
}
