import type { Alert, SilenceView } from '#contract/alerts';
import type { CampaignReply } from '#contract/campaign';
import type { DutySegment } from '#contract/duty';
import { isPlaceLabel, placeName } from '#contract/place-names';
import type { Run } from '#contract/runbooks';
import type { TimelineEntry } from '#contract/timeline';
import type { Lang } from '../../numbers/scale.ts';
import { clockTime, minuteTime, spokenSpan, zoneName } from '../../numbers/time.ts';
import { dayName } from '../../numbers/zone.ts';
import { entryLine } from './entry-line.ts';
import type { TimelineSay } from './words.ts';

/** Kinds that tell a next shift something; claims, phases and logins do not. */
const TOLD =
  /^(alert\.(fired|raised|resolved|escalated|storm|noted)|run\.(started|ended|action_sent|action_failed)|note$|change\.|rules\.|silence\.|duty\.|incident\.|budget\.|source\.)/;
/** What is read: what is told, and what is only counted. */
export const HANDED_OVER = new RegExp(`${TOLD.source}|^alert\\.acknowledged$`);
/** What is told of each part: so that no part can push another off the page. */
const PART_LINES_MOST = 20;
/** Parts in the order in which the next shift needs them. */
const WEIGHT = ['incidents', 'grave', 'money', 'runs', 'rest'] as const;
const OPEN_MOST = 40;
const TIER_SIGN = { red: '⬣', orange: '▲', yellow: '■', cyan: '◆', blue: '○' } as const;

function weightOf({ kind, params }: TimelineEntry): (typeof WEIGHT)[number] {
  if (kind.startsWith('incident.')) return 'incidents';
  if (kind.startsWith('budget.')) return 'money';
  if (kind.startsWith('run.')) return 'runs';
  if (kind === 'alert.storm' || kind === 'alert.escalated') return 'grave';
  const grave = params.tier === 'red' || params.tier === 'orange';
  return grave && (kind === 'alert.fired' || kind === 'alert.raised') ? 'grave' : 'rest';
}

/** The same words once, where and when they came last, with how often. */
function gathered(lines: readonly { readonly atMs: number; readonly text: string }[]): readonly {
  readonly atMs: number;
  readonly text: string;
  readonly times: number;
}[] {
  const byText = new Map<string, { atMs: number; text: string; times: number }>();
  for (const { atMs, text } of lines) {
    const times = (byText.get(text)?.times ?? 0) + 1;
    byText.delete(text);
    byText.set(text, { atMs, text, times });
  }
  return [...byText.values()];
}

export interface HandoverInput {
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly timeZone: string;
  readonly lang: Lang;
  readonly campaign: CampaignReply | null;
  /** Of the span, in any order. */
  readonly entries: readonly TimelineEntry[];
  /** There were more than could be read. */
  readonly cut: boolean;
  readonly alerts: readonly Alert[];
  readonly runs: readonly Run[];
  readonly silences: readonly SilenceView[];
  /** Who comes next; null when nobody is named. */
  readonly next: DutySegment | null;
}

/** What a shift hands to the next, as plain text that prints. Pure. */
export function handoverText(input: HandoverInput, say: TimelineSay): string {
  const { fromMs, toMs, nowMs, timeZone, lang, campaign, entries, alerts, runs, silences, next } = input;
  const time = (ms: number): string => minuteTime(ms, timeZone);
  const when = (ms: number): string => `${dayName(ms, timeZone, lang)} ${time(ms)}`;
  const ordered = [...entries].sort((a, b) => a.seq - b.seq);
  const count = (kind: RegExp): number => ordered.filter((entry) => kind.test(entry.kind)).length;
  const told = ordered.filter(({ kind }) => TOLD.test(kind));
  const lines: string[] = [];
  const head = (text: string): void => void lines.push('', text, '-'.repeat(Math.min(60, text.length * 2)));

  lines.push(say('ho.title', { from: when(fromMs), to: when(toMs) }));
  if (campaign) lines.push(campaign[lang]);
  lines.push(
    say('ho.made', {
      time: `${when(nowMs)}:${clockTime(nowMs, timeZone).slice(6)}`,
      zone: zoneName(nowMs, timeZone, lang),
    }),
  );
  if (next?.person) lines.push(say('ho.next', { who: next.person }));

  head(say('ho.happened'));
  lines.push(
    say('ho.counts', {
      fired: count(/^alert\.(fired|storm)$/),
      resolved: count(/^alert\.resolved$/),
      acked: count(/^alert\.acknowledged$/),
      incidents: count(/^incident\.declared$/),
      silences: count(/^silence\.created$/),
      moves: count(/^budget\.posted$/),
      runs: count(/^run\.started$/),
      changes: count(/^(change|rules)\./),
      notes: count(/^note$/),
    }),
  );
  if (told.length === 0) lines.push(say('ho.nothing'));
  if (input.cut) lines.push(say('ho.cut'));
  for (const part of WEIGHT) {
    const some = told.filter((entry) => weightOf(entry) === part);
    if (some.length === 0) continue;
    lines.push('', say(`ho.${part}`));
    const texts = some.map((entry) => {
      const { words, detail, who } = entryLine(entry, lang, campaign);
      return { atMs: entry.atMs, text: [words, detail, who].filter((each) => each !== '').join(' · ') };
    });
    const once = gathered(texts);
    if (once.length > PART_LINES_MOST) lines.push(say('ho.earlier', { n: once.length - PART_LINES_MOST }));
    for (const { atMs, text, times } of once.slice(-PART_LINES_MOST))
      lines.push(`${time(atMs)}  ${text}${times > 1 ? ` ×${times}` : ''}`);
  }

  const open = alerts.filter(({ handling, rule }) => handling !== 'resolved' && rule !== 'Watchdog');
  head(say('ho.open', { n: open.length }));
  if (open.length === 0) lines.push(say('ho.none'));
  for (const alert of open.slice(0, OPEN_MOST)) {
    const { annotations, labels, tier, owner, startsAt, rule } = alert;
    const summary = (lang === 'zh' ? annotations.summary_zh : undefined) ?? annotations.summary ?? rule;
    const where = Object.entries(labels)
      .filter(([name]) => isPlaceLabel(name))
      .map(([name, value]) => placeName(campaign, name, value, lang))
      .filter((name) => !summary.includes(name))
      .join(' ');
    const has = owner?.name ?? say('ho.unowned');
    lines.push(
      `${TIER_SIGN[tier]} ${summary}${where ? ` · ${where}` : ''} · ${spokenSpan(nowMs - startsAt, lang)} · ${has}`,
    );
  }
  if (open.length > OPEN_MOST) lines.push(say('ho.more', { n: open.length - OPEN_MOST }));

  const running = runs.filter(({ state }) => state === 'running');
  head(say('ho.running', { n: running.length }));
  if (running.length === 0) lines.push(say('ho.none'));
  for (const { title, steps, startedAt, startedBy } of running) {
    const settled = steps.filter(({ state }) => state === 'done' || state === 'skipped').length;
    const by = startedBy.kind === 'user' ? startedBy.name : startedBy.id;
    lines.push(`${title[lang]} · ${settled}/${steps.length} · ${time(startedAt)} · ${by}`);
  }

  const spanMs = toMs - fromMs;
  const ending = silences.filter(({ endsAt }) => endsAt > toMs && endsAt <= toMs + spanMs);
  head(say('ho.silences', { n: ending.length }));
  if (ending.length === 0) lines.push(say('ho.none'));
  for (const { matchers, endsAt, comment, createdBy } of ending) {
    const what = matchers.map(({ name, op, value }) => `${name}${op}"${value}"`).join(' ');
    lines.push(`${what} · ${say('ho.until', { time: time(endsAt) })} · ${comment} · ${createdBy}`);
  }
  return lines.join('\n');
}
