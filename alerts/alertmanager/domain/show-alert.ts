import { type AlertGroup, FOREIGN_ORIGIN, type GettableAlert, RESOLVE_TIMEOUT_MS } from '#contract/alertmanager';
import type { Alert } from '#contract/alerts';
import { outsideFingerprint } from './labels.ts';
import { timeText } from './times.ts';

/** What else than the alert is needed to show it as Alertmanager would. */
export interface ShowContext {
  readonly nowMs: number;
  /** Names of who is told of an alert. */
  readonly receiversOf: (alert: Alert) => readonly string[];
  /** The alert with this id, if it is open: inhibition is told by the cause's fingerprint. */
  readonly find: (id: string) => Pick<Alert, 'labels' | 'origin' | 'tier'> | null;
}
/** What senders said last of a foreign alert, ms. */
export interface Heard {
  readonly untilMs: number;
  readonly atMs: number;
}

/** Labels as the outside sees them: what came from outside unchanged, ours with the tier, which matchers know as `tier`. */
export const outsideLabels = ({ origin, labels, tier }: Pick<Alert, 'labels' | 'origin' | 'tier'>) =>
  origin === FOREIGN_ORIGIN ? labels : { ...labels, tier };

/** Annotations as the outside sees them: an acknowledgement has no word in Alertmanager, so it is told here. */
const outsideAnnotations = ({ annotations, handling, owner }: Alert): Readonly<Record<string, string>> =>
  handling === 'acknowledged' && owner !== null ? { ...annotations, acknowledged_by: owner.name } : annotations;

export function gettableAlert(alert: Alert, heard: Heard | null, context: ShowContext): GettableAlert {
  const idsOf = (kind: string): string[] =>
    alert.suppressedBy.flatMap((by) => (by.kind === kind ? [by.id] : [])).sort();
  const silencedBy = idsOf('silence');
  const inhibitedBy = idsOf('inhibition').map((id) => {
    const cause = context.find(id);
    return cause === null ? id : outsideFingerprint(outsideLabels(cause));
  });
  const mutedBy = alert.suppressedBy.flatMap(({ kind }) => (kind === 'flapping' || kind === 'storm' ? [kind] : []));
  return {
    annotations: outsideAnnotations(alert),
    endsAt: timeText(Math.max(heard?.untilMs ?? 0, heard === null ? context.nowMs + RESOLVE_TIMEOUT_MS : 0)),
    fingerprint: outsideFingerprint(outsideLabels(alert)),
    receivers: context.receiversOf(alert).map((name) => ({ name })),
    startsAt: timeText(alert.startsAt),
    status: {
      inhibitedBy,
      silencedBy,
      state: alert.suppressedBy.length > 0 ? 'suppressed' : 'active',
      ...(mutedBy.length > 0 ? { mutedBy } : {}),
    },
    updatedAt: timeText(heard?.atMs ?? alert.updatedAt),
    ...(alert.generatorUrl === null ? {} : { generatorURL: alert.generatorUrl }),
    labels: outsideLabels(alert),
  };
}

/** Which alerts a query wants. `unprocessed` is taken and changes nothing: here an alert is looked at before it is shown. */
export interface StateFlags {
  readonly active: boolean;
  readonly silenced: boolean;
  readonly inhibited: boolean;
}
export const hasWantedState = ({ status }: GettableAlert, { active, silenced, inhibited }: StateFlags): boolean =>
  (active || status.state !== 'active') &&
  (silenced || status.silencedBy.length === 0) &&
  (inhibited || status.inhibitedBy.length === 0);

const TRUE: ReadonlySet<string> = new Set('true 1 yes ok y on selected checked t enabled'.split(' '));
/** A flag of a query as Alertmanager reads it: what is not a word for yes is no. */
export const readFlag = (text: string | undefined): boolean => text === undefined || TRUE.has(text.toLowerCase());

const byFingerprint = (a: GettableAlert, b: GettableAlert): number => (a.fingerprint < b.fingerprint ? -1 : 1);
export const sortAlerts = (alerts: readonly GettableAlert[]): GettableAlert[] => [...alerts].sort(byFingerprint);

type Labels = Readonly<Record<string, string>>;
/** Fewer labels first, then by the values of their names in order; as Alertmanager orders. */
function compareLabels(a: Labels, b: Labels): number {
  const byCount = Object.keys(a).length - Object.keys(b).length;
  if (byCount !== 0) return byCount;
  for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const [mine, other] = [a[name], b[name]];
    if (mine === other) continue;
    if (mine === undefined || other === undefined) return mine === undefined ? -1 : 1;
    return mine < other ? -1 : 1;
  }
  return 0;
}
/** Within a group: by job, by instance, by the rest. */
function compareMembers({ labels: a }: GettableAlert, { labels: b }: GettableAlert): number {
  for (const name of ['job', 'instance']) {
    const [mine, other] = [a[name], b[name]];
    if (mine === other) continue;
    if (mine === undefined || other === undefined) return mine === undefined ? 1 : -1;
    return mine < other ? -1 : 1;
  }
  return compareLabels(a, b);
}

/** Alerts by receiver and by the labels they are paged together by. */
export function groupAlerts(
  alerts: readonly GettableAlert[],
  groupBy: readonly string[],
  wantsReceiver: (name: string) => boolean,
): AlertGroup[] {
  const groups = new Map<string, { labels: Record<string, string>; receiver: string; alerts: GettableAlert[] }>();
  for (const alert of sortAlerts(alerts)) {
    const names = ['alertname', ...groupBy].filter((name) => alert.labels[name] !== undefined).sort();
    const labels = Object.fromEntries(names.map((name) => [name, alert.labels[name] ?? '']));
    for (const { name: receiver } of alert.receivers) {
      if (!wantsReceiver(receiver)) continue;
      const key = JSON.stringify([labels, receiver]);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { labels, receiver, alerts: [alert] });
      else group.alerts.push(alert);
    }
  }
  return [...groups.values()]
    .sort((a, b) => compareLabels(a.labels, b.labels) || (a.receiver < b.receiver ? -1 : 1))
    .map(({ labels, receiver, alerts: members }) => ({
      alerts: members.sort(compareMembers),
      labels,
      receiver: { name: receiver },
    }));
}
