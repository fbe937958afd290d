import { TIER_RANK } from '#contract/tiers';
import { type Message, type MessageAlert, peopleOf, tierOf } from './message.ts';
import { escapeFor, fillTemplate, type Template, type TemplateValues } from './template.ts';
import { type Links, summaryOf, valueText, wordsOf } from './words.ts';

const NEVER = '0001-01-01T00:00:00Z';
const iso = (atMs: number | null): string => (atMs === null ? NEVER : new Date(atMs).toISOString());
/** Tiers as Prometheus's rules call severities. */
const SEVERITY = { red: 'critical', orange: 'critical', yellow: 'warning', cyan: 'info', blue: 'info' } as const;

const labelsOf = ({ labels, tier }: MessageAlert): Record<string, string> => ({
  severity: SEVERITY[tier],
  ...labels,
  tier,
});
/** What is the same in all of them. */
function common(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((each) => each[name] === value)),
  );
}

/** The labels that the alerts of a group have in common by its key. */
const groupLabels = (group: string, { labels }: MessageAlert): Record<string, string> =>
  Object.fromEntries(
    Object.entries(labels).filter(
      ([name, value]) => name === 'alertname' || `${group}/`.includes(`/${name}=${value}/`),
    ),
  );

function alertBody(alert: MessageAlert, links: Links): Record<string, unknown> {
  const { value, limit, unit, resolvedValue, endsAt } = alert;
  return {
    status: endsAt === null ? 'firing' : 'resolved',
    labels: labelsOf(alert),
    annotations: alert.annotations,
    startsAt: iso(alert.startsAt),
    endsAt: iso(endsAt),
    generatorURL: alert.generatorUrl ?? links.alert(alert.id),
    fingerprint: alert.fingerprint,
    values: { value, limit },
    valueString: valueText(endsAt === null ? value : (resolvedValue ?? value), unit),
    silenceURL: links.silences(),
    dashboardURL: links.alert(alert.id),
    // ours
    id: alert.id,
    tier: alert.tier,
    handling: alert.handling,
    owner: alert.owner,
    unit,
    resolvedValue,
  };
}

interface Listed {
  readonly firing: readonly MessageAlert[];
  readonly resolved: readonly MessageAlert[];
  readonly firingCount: number;
  readonly resolvedCount: number;
  readonly reason: string;
}
/** The alerts a message is about, as Alertmanager would list them. */
export function listed(message: Message): Listed {
  if (message.topic === 'group') return message;
  if (message.topic === 'silence')
    return { firing: [], resolved: [], firingCount: 0, resolvedCount: 0, reason: 'silence ends soon' };
  const { alert } = message;
  const over = alert.endsAt !== null;
  const reason = {
    page: 'first notification',
    handling: message.topic === 'handling' ? (over ? 'all alerts resolved' : message.what) : '',
    reminder: 'acknowledgement ends soon',
    test: 'test',
  }[message.topic];
  return {
    firing: over ? [] : [alert],
    resolved: over ? [alert] : [],
    firingCount: over ? 0 : 1,
    resolvedCount: over ? 1 : 0,
    reason: message.topic === 'page' ? message.reason : reason,
  };
}

/** Alertmanager's webhook body, version 4, and beside it what ours knows: counts, values, whom it pages. */
export function webhookBody(message: Message, receiver: string, links: Links, mostBytes: number): string {
  const all = listed(message);
  const people = peopleOf(message).map(({ person, post, role }) => ({ person, post, role }));
  const body = (count: number): string => {
    const alerts = [...all.firing, ...all.resolved].slice(0, count);
    const [first] = alerts;
    const group = message.topic === 'group' ? message.group : (first?.group ?? '');
    return JSON.stringify({
      version: '4',
      receiver,
      status: all.firingCount > 0 ? 'firing' : 'resolved',
      alerts: alerts.map((alert) => alertBody(alert, links)),
      notification_reason: all.reason,
      groupKey: group,
      groupLabels: first === undefined ? {} : groupLabels(group, first),
      commonLabels: common(alerts.map(labelsOf)),
      commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
      routeLabels: {},
      externalURL: links.alert(''),
      truncatedAlerts: Math.max(0, all.firingCount + all.resolvedCount - alerts.length),
      counts: { firing: all.firingCount, resolved: all.resolvedCount },
      topic: message.topic,
      tier: tierOf(message),
      ...(message.topic === 'page' ? { page: { people, step: message.step, cycle: message.cycle } } : { people }),
      ...(message.topic === 'handling' ? { handling: message.what, by: message.by } : {}),
    });
  };
  let count = all.firing.length + all.resolved.length;
  let text = body(count);
  while (count > 1 && Buffer.byteLength(text) > mostBytes) {
    count = Math.floor(count / 2);
    text = body(count);
  }
  return text;
}

/** A message in the words of a body template. */
export function templateBody(
  message: Message,
  {
    id,
    template,
    contentType,
    language,
  }: { id: string; template: Template; contentType: string; language: 'zh' | 'en' | 'both' },
  links: Links,
): string {
  const all = listed(message);
  const words = wordsOf(message, language, links);
  const tier = tierOf(message);
  const [first] = [...all.firing, ...all.resolved];
  const values: TemplateValues = {
    id,
    topic: message.topic,
    status: all.firingCount > 0 ? 'firing' : 'resolved',
    reason: all.reason,
    tier,
    tierRank: TIER_RANK[tier],
    title: words.title,
    text: [...words.lines, ...words.links].join('\n'),
    people: peopleOf(message)
      .map(({ person }) => person)
      .join(', '),
    firingCount: all.firingCount,
    resolvedCount: all.resolvedCount,
    link: first === undefined ? links.silences() : links.alert(first.id),
  };
  const rows = [...all.firing, ...all.resolved].map((alert): TemplateValues => {
    const named = (group: string, texts: Readonly<Record<string, string>>) =>
      Object.entries(texts).map(([name, text]) => [`${group}.${name}`, text]);
    return {
      ...Object.fromEntries([...named('labels', alert.labels), ...named('annotations', alert.annotations)]),
      id: alert.id,
      fingerprint: alert.fingerprint,
      rule: alert.rule,
      status: alert.endsAt === null ? 'firing' : 'resolved',
      tier: alert.tier,
      handling: alert.handling,
      summary: summaryOf(alert, language === 'en' ? 'en' : 'zh'),
      value: alert.value,
      limit: alert.limit,
      unit: alert.unit,
      valueText: valueText(alert.endsAt === null ? alert.value : (alert.resolvedValue ?? alert.value), alert.unit),
      startsAt: iso(alert.startsAt),
      endsAt: iso(alert.endsAt),
      owner: alert.owner,
      link: links.alert(alert.id),
      runbook: links.runbook(alert),
    };
  });
  return fillTemplate(template, values, rows, escapeFor(contentType));
}
