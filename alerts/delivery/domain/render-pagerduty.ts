import { type Message, peopleOf } from './message.ts';
import { cutBytes, type Links, summaryOf, valueText, wordsOf } from './words.ts';

/** Tiers as PagerDuty calls severities. */
const SEVERITY = { red: 'critical', orange: 'error', yellow: 'warning', cyan: 'info', blue: 'info' } as const;
const ACTION = { acknowledged: 'acknowledge', reopened: 'trigger', resolved: 'resolve' } as const;

/**
 * An event of PagerDuty's Events API v2. One `dedup_key` a life of an alert, so that a later step adds to the same incident and
 * what comes after a resolve opens a new one; the resolve tells the value that ended it. null: nothing that PagerDuty has a word for.
 */
export function pagerDutyBody(
  message: Message,
  routingKey: string,
  language: 'zh' | 'en' | 'both',
  links: Links,
): string | null {
  if (message.topic === 'group' || message.topic === 'silence' || message.topic === 'reminder') return null;
  const { alert } = message;
  const event_action = message.topic === 'handling' ? ACTION[message.what] : 'trigger';
  const routed = { routing_key: routingKey, event_action, dedup_key: alert.id.slice(0, 255) };
  if (event_action === 'acknowledge') return JSON.stringify(routed);
  const words = wordsOf(message, language, links);
  const runbook = links.runbook(alert);
  return JSON.stringify({
    ...routed,
    client: 'Campaign War Room',
    client_url: links.alert(alert.id),
    payload: {
      summary: cutBytes(words.title, 1_024),
      source: alert.labels.service ?? alert.labels.domain ?? 'campaign-war-room',
      severity: SEVERITY[alert.tier],
      timestamp: new Date(alert.startsAt).toISOString(),
      component: alert.labels.service ?? alert.rule,
      group: alert.group,
      class: alert.rule,
      custom_details: {
        summary: summaryOf(alert, language === 'en' ? 'en' : 'zh'),
        tier: alert.tier,
        value: valueText(alert.value, alert.unit),
        limit: valueText(alert.limit, alert.unit),
        ...(message.topic === 'page' ? { open_in_group: message.openInGroupCount } : {}),
        ...(alert.endsAt === null ? {} : { resolved_value: valueText(alert.resolvedValue ?? alert.value, alert.unit) }),
        labels: alert.labels,
        people: peopleOf(message).map(({ person }) => person),
      },
    },
    links: [
      { href: links.alert(alert.id), text: 'Alert' },
      ...(runbook === null ? [] : [{ href: runbook, text: 'Runbook' }]),
    ],
  });
}
