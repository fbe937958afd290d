import type { NotificationReason } from '#contract/alerts';
import { isPlaceLabel, labelName, type NameSource, placeName, postName } from '#contract/place-names';
import { TIER_RANK, type Tier } from '#contract/tiers';
import { type Addressee, type Message, type MessageAlert, tierOf } from './message.ts';

export type Language = 'zh' | 'en';
/** Where links of a message lead; absolute. */
export interface Links {
  alert(id: string): string;
  silences(): string;
  /** null when the alert names no runbook. */
  runbook(alert: MessageAlert): string | null;
  /** IANA name; times are told in it. */
  readonly timeZone: string;
  /** What people call services, items, posts …; null: their ids. */
  readonly names: NameSource | null;
  /** When the message was put on its queue and when it leaves it, ms; absent: nobody asks. */
  readonly sent?: { readonly dueAtMs: number; readonly atMs: number };
}
/** A message that waited longer says so before anything else: what it tells was true then. */
const LATE_MS = 60_000;
export interface Words {
  readonly title: string;
  /** What happened, the most important line first; may be cut at its end. */
  readonly lines: readonly string[];
  /** Links: kept when lines are cut. */
  readonly links: readonly string[];
}

export const TIER_WORDS: Readonly<Record<Tier, { readonly zh: string; readonly en: string; readonly mark: string }>> = {
  red: { zh: '紧急', en: 'Critical', mark: '⬣' },
  orange: { zh: '严重', en: 'Major', mark: '▲' },
  yellow: { zh: '处置', en: 'Minor', mark: '■' },
  cyan: { zh: '关注', en: 'Watch', mark: '◆' },
  blue: { zh: '提示', en: 'Notice', mark: '○' },
};
const REASON_WORDS: Readonly<Record<NotificationReason, string>> = {
  'first notification': '首次通知',
  'new alerts added': '有新告警',
  'some alerts resolved': '部分已恢复',
  'all alerts resolved': '全部已恢复',
  'repeat interval elapsed': '重复提醒',
  'severity raised': '级别升高',
  'ack expired': '确认已过期',
  'ack withdrawn': '确认已撤回',
  'escalation step': '升级通知',
  'escalated by hand': '人工升级',
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out (line breaks, right-to-left tricks)
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;
/** One line of plain text, whatever a label or a foreign alert holds. */
export const plain = (text: string, most = 300): string => text.replace(UNPRINTABLE, ' ').trim().slice(0, most);

const number = (value: number, digits: number): string =>
  new Intl.NumberFormat('en', { maximumFractionDigits: digits }).format(value);
/** A value in its unit, as a person reads it. Money is integer minor units. */
export function valueText(value: number | null, unit: string): string {
  if (value === null) return '–';
  switch (unit) {
    case 'ratio':
      return `${number(value * 100, 2)} %`;
    case 'minor':
      return `¥${number(value / 100, 2)}`;
    case 'multiple':
      return `${number(value, 2)}×`;
    case 'per_second':
      return `${number(value, 1)}/s`;
    case 'ms':
      return `${number(value, 0)} ms`;
    case 'seconds':
      return `${number(value, 1)} s`;
    case 'minutes':
      return `${number(value, 1)} min`;
    case 'hours':
      return `${number(value, 1)} h`;
    case 'count':
    case '':
      return number(value, 2);
    default:
      return `${number(value, 2)} ${plain(unit, 20)}`;
  }
}
export function timeText(atMs: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return format.format(atMs);
}

export function summaryOf({ annotations, rule }: MessageAlert, language: Language): string {
  const summary = (language === 'zh' ? annotations.summary_zh : undefined) ?? annotations.summary ?? rule;
  return plain(summary, 200) || plain(rule);
}
/** Where it is, in the reader's words; what the summary says already is left out. */
const placeOf = ({ labels }: MessageAlert, summary: string, language: Language, { names }: Links): string =>
  Object.entries(labels)
    .filter(([name]) => isPlaceLabel(name))
    .map(([name, value]) => [labelName(name, language), placeName(names, name, value, language)])
    .filter(([, value]) => !summary.includes(value ?? ''))
    .map(([name, value]) => `${plain(name ?? '', 64)} ${plain(value ?? '', 100)}`)
    .join(' · ');
export const tierText = (tier: Tier, language: Language): string =>
  `${TIER_WORDS[tier].mark} ${TIER_WORDS[tier][language]}`;
const named = (alert: MessageAlert, language: Language, links: Links): string => {
  const summary = summaryOf(alert, language);
  return [summary, placeOf(alert, summary, language, links)].filter((text) => text !== '').join(' · ');
};
const peopleText = (people: readonly Addressee[], language: Language, { names }: Links): string =>
  people
    .map(({ person, post, role }) => `${plain(person, 60)} (${plain(postName(names, post, language), 60)} ${role})`)
    .join(', ');
const reasonText = (reason: NotificationReason, language: Language): string =>
  language === 'zh' ? REASON_WORDS[reason] : reason;

/** The value now, the limit it broke and since when; for one that ended, the value that ended it. */
function measured(alert: MessageAlert, language: Language, { timeZone }: Links): string {
  const { value, limit, unit, startsAt, endsAt, resolvedValue } = alert;
  const since = timeText(startsAt, timeZone);
  const zh = language === 'zh';
  // an alert from outside has no value here: what it says of itself stands in its description
  if (value === null && limit === null && resolvedValue === null) {
    if (endsAt === null) return zh ? `自 ${since}` : `since ${since}`;
    const end = timeText(endsAt, timeZone);
    return zh ? `${since} 至 ${end}` : `${since} to ${end}`;
  }
  const within =
    limit === null
      ? ''
      : language === 'zh'
        ? `（界限 ${valueText(limit, unit)}）`
        : ` (limit ${valueText(limit, unit)})`;
  if (endsAt !== null) {
    const was = valueText(resolvedValue ?? value, unit);
    const end = timeText(endsAt, timeZone);
    return language === 'zh'
      ? `恢复值 ${was}${within}，${since} 至 ${end}`
      : `resolved at ${was}${within}, ${since} to ${end}`;
  }
  const is = valueText(value, unit);
  const back = recoveryText(alert, language, timeZone);
  return language === 'zh' ? `现值 ${is}${within}，自 ${since}${back}` : `now ${is}${within}, since ${since}${back}`;
}
/** That the value is good again although the alert stands, since when, and what is still missing. */
function recoveryText({ recovery }: MessageAlert, language: Language, timeZone: string): string {
  if (!recovery) return '';
  const { sinceMs, windowsLeftCount: left, untilMs } = recovery;
  const since = timeText(sinceMs, timeZone);
  if (untilMs === null)
    return language === 'zh'
      ? `；恢复中：${since} 起已回到界限内，再正常 ${left} 个窗口即回落`
      : `; recovering: within the limit since ${since}, lower after ${left} more good window${left === 1 ? '' : 's'}`;
  const until = timeText(untilMs, timeZone);
  return language === 'zh'
    ? `；恢复中：${since} 起已回到界限内，保持到 ${until} 即恢复`
    : `; recovering: within the limit since ${since}, over at ${until} if it stays so`;
}

/** What an alert from outside says of itself besides its summary. */
const saidOf = ({ value, annotations: { description = '' } }: MessageAlert): string[] =>
  value === null && description !== '' ? [plain(description)] : [];

const row = (alert: MessageAlert, language: Language, links: Links): string =>
  `${tierText(alert.tier, language)} ${named(alert, language, links)}: ${measured(alert, language, links)}`;

function lateLine({ sent, timeZone }: Links, language: Language): string[] {
  if (sent === undefined || sent.atMs - sent.dueAtMs < LATE_MS) return [];
  const minutes = Math.floor((sent.atMs - sent.dueAtMs) / 60_000);
  const due = timeText(sent.dueAtMs, timeZone);
  return [
    language === 'zh'
      ? `迟发 ${minutes} 分钟：以下为 ${due} 的情况`
      : `${minutes} min late: this is how it was at ${due}`,
  ];
}

/** What a message says in one language. */
export function wordsIn(message: Message, language: Language, links: Links): Words {
  const words = saidIn(message, language, links);
  return { ...words, lines: [...lateLine(links, language), ...words.lines] };
}
function saidIn(message: Message, language: Language, links: Links): Words {
  const zh = language === 'zh';
  const about = (alert: MessageAlert): string[] => {
    const runbook = links.runbook(alert);
    return [
      `${zh ? '告警：' : 'Alert: '}${links.alert(alert.id)}`,
      ...(runbook === null ? [] : [`${zh ? '预案：' : 'Runbook: '}${runbook}`]),
    ];
  };
  switch (message.topic) {
    case 'page': {
      const { alert, people, reason, step, cycle, openInGroupCount } = message;
      const to = peopleText(people, language, links);
      const n = cycle === 0 ? `${step + 1}` : `${step + 1} (×${cycle + 1})`;
      return {
        title: `[${tierText(alert.tier, language)}] ${named(alert, language, links)}`,
        lines: [
          measured(alert, language, links),
          ...saidOf(alert),
          zh ? `${reasonText(reason, 'zh')}，第 ${n} 步，通知 ${to}` : `${reason}, step ${n}, to ${to}`,
          zh ? `同组未恢复 ${openInGroupCount} 条` : `${openInGroupCount} open in this group`,
        ],
        links: about(alert),
      };
    }
    case 'group': {
      const { firing, resolved, firingCount, resolvedCount, reason, tier } = message;
      const [first] = [...firing, ...resolved];
      const more = firingCount + resolvedCount - 1;
      const what = first === undefined ? message.group : summaryOf(first, language);
      const state = firingCount > 0 ? tierText(tier, language) : zh ? '已恢复' : 'Resolved';
      const rows = [...firing, ...resolved].map((alert) => row(alert, language, links));
      return {
        title: `[${state}] ${what}${more > 0 ? ` +${more}` : ''}`,
        lines: [
          zh
            ? `${reasonText(reason, 'zh')}：未恢复 ${firingCount}，已恢复 ${resolvedCount}`
            : `${reason}: ${firingCount} firing, ${resolvedCount} resolved`,
          ...rows,
        ],
        links: first === undefined ? [] : about(first),
      };
    }
    case 'handling': {
      const { alert, what, by } = message;
      const done = {
        acknowledged: zh ? '已确认' : 'Acknowledged',
        reopened: zh ? '重新打开' : 'Open again',
        resolved: zh ? '已恢复' : 'Resolved',
      }[what];
      const who = by === '' ? '' : zh ? `:${plain(by, 80)}` : ` by ${plain(by, 80)}`;
      return {
        title: `[${done}] ${named(alert, language, links)}`,
        lines: [`${done}${who}`, measured(alert, language, links)],
        links: about(alert),
      };
    }
    case 'reminder': {
      const { alert, expiresAt } = message;
      const at = timeText(expiresAt, links.timeZone);
      return {
        title: `[${zh ? '确认将过期' : 'Acknowledgement ends soon'}] ${named(alert, language, links)}`,
        lines: [
          zh
            ? `${at} 之后会再次通知；仍在处理请再次确认`
            : `after ${at} it pages again; acknowledge anew if you are on it`,
          measured(alert, language, links),
        ],
        links: about(alert),
      };
    }
    case 'silence': {
      const { silence, matchedCount } = message;
      const at = timeText(silence.endsAt, links.timeZone);
      const matchers = silence.matchers.map(({ name, op, value }) => `${name}${op}"${plain(value, 100)}"`).join(' ');
      return {
        title: zh ? `[静默将结束] ${matchers}` : `[Silence ends soon] ${matchers}`,
        lines: [
          zh
            ? `${at} 结束，其下 ${matchedCount} 条未恢复；${plain(silence.createdBy, 80)}：${plain(silence.comment)}`
            : `ends ${at} with ${matchedCount} open alerts under it; ${plain(silence.createdBy, 80)}: ${plain(silence.comment)}`,
        ],
        links: [links.silences()],
      };
    }
    case 'test':
      return {
        title: zh ? '[测试] 战情室通知' : '[Test] Campaign War Room',
        lines: [
          zh ? `${plain(message.by, 80)} 发送的测试，无需处理` : `a test by ${plain(message.by, 80)}; nothing to do`,
        ],
        links: [],
      };
  }
}
/** In the receiver's language, or one after the other. */
export function wordsOf(message: Message, language: Language | 'both', links: Links): Words {
  if (language !== 'both') return wordsIn(message, language, links);
  const [zh, en] = [wordsIn(message, 'zh', links), wordsIn(message, 'en', links)];
  return { title: zh.title, lines: [...zh.lines, en.title, ...en.lines], links: zh.links };
}

/** Many messages as one, for robots that take few: the most urgent first, each with its title and first line. */
export function foldedWords(messages: readonly Message[], language: Language | 'both', links: Links): Words {
  const zh = language !== 'en';
  const sorted = [...messages].sort((a, b) => TIER_RANK[tierOf(b)] - TIER_RANK[tierOf(a)]);
  const each = sorted.map((message) => saidIn(message, zh ? 'zh' : 'en', links));
  return {
    title: zh ? `[合并] ${messages.length} 条通知` : `[Summary] ${messages.length} notifications`,
    lines: [
      ...lateLine(links, zh ? 'zh' : 'en'),
      ...each.map(({ title, lines }) => [title, lines[0]].filter(Boolean).join(': ')),
    ],
    links: [...new Set(each.flatMap(({ links: [first] }) => first ?? []))].slice(0, 1),
  };
}

const bytesOf = (text: string): number => Buffer.byteLength(text);
/** Cut to so many bytes of UTF-8, never inside a character. */
export function cutBytes(text: string, most: number): string {
  if (bytesOf(text) <= most) return text;
  let kept = '';
  let size = 3; // the ellipsis
  for (const char of text) {
    size += bytesOf(char);
    if (size > most) break;
    kept += char;
  }
  return `${kept}…`;
}
/** Title, lines and links as text of at most so many bytes; the links stay, lines go from the end. */
export function fitText({ title, lines, links }: Words, most: number): string {
  const tail = links.length === 0 ? '' : `\n${links.join('\n')}`;
  const room = most - bytesOf(tail);
  if (room < 40) return cutBytes([title, ...lines, ...links].join('\n'), most);
  return cutBytes([title, ...lines].join('\n'), room) + tail;
}
