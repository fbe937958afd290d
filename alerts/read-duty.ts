import { readFileSync } from 'node:fs';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { parse } from 'yaml';
import { type EscalationPolicy, MATCHER_OPS, type Matcher, type MatcherOp, type Roster } from '#contract/alerts';
import { TIERS, type Tier } from '#contract/tiers';
import type { Campaign } from '../server/domain/campaign.ts';
import { type FatigueLimits, NO_LIMITS } from './delivery/domain/fatigue.ts';
import type { Contacts } from './delivery/domain/receiver.ts';
import { policyProblems } from './domain/escalation.ts';
import type { InhibitRule } from './domain/inhibit.ts';
import { readPattern } from './domain/matchers.ts';
import { readDuration } from './read-rules.ts';

const closed = { additionalProperties: false } as const;
const DutyFile = Type.Object(
  {
    group_by: Type.Array(Type.String()),
    policies: Type.Array(
      Type.Object(
        {
          id: Type.String(),
          tiers: Type.Array(Type.Enum([...TIERS]), { minItems: 1 }),
          repeat: Type.Integer({ minimum: 0 }),
          repeat_wait: Type.String(),
          steps: Type.Array(
            Type.Object(
              {
                wait: Type.String(),
                posts: Type.Array(Type.String(), { minItems: 1 }),
                role: Type.Enum(['A', 'B', 'both']),
                min_open: Type.Optional(Type.Integer({ minimum: 1 })),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    inhibit: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          source: Type.Array(Type.String()),
          target: Type.Array(Type.String()),
          equal: Type.Array(Type.String()),
        },
        closed,
      ),
    ),
    people: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 128 }),
            mobile: Type.Optional(Type.String({ pattern: '^(\\+\\d{1,4}-?)?\\d{5,15}$' })),
            email: Type.Optional(Type.String({ pattern: '^[^\\s@<>",]+@[^\\s@<>",]+$', maxLength: 254 })),
            dingtalk_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.@-]{1,64}$' })),
            wecom_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_.@-]{1,64}$' })),
            feishu_id: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
          },
          closed,
        ),
      ),
    ),
    fatigue: Type.Optional(
      Type.Object(
        {
          per_hour: Type.Integer({ minimum: 1, maximum: 1_000 }),
          quiet_tier: Type.Optional(Type.Enum(['blue', 'cyan', 'yellow'])),
          quiet_from: Type.Optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
          quiet_to: Type.Optional(Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })),
        },
        closed,
      ),
    ),
  },
  closed,
);
type DutyFile = Static<typeof DutyFile>;
const check = Compile(DutyFile);

export interface DutyConfig {
  readonly groupBy: readonly string[];
  readonly policies: readonly EscalationPolicy[];
  readonly inhibit: readonly InhibitRule[];
  /** As the campaign names it: A and B of each post, the commander changed daily among A and B. */
  readonly roster: Roster;
  /** How people are reached, by name. */
  readonly contacts: Contacts;
  /** How much one person is to bear. */
  readonly fatigue: FatigueLimits;
}
export const DUTY_FILE = new URL('./duty.yaml', import.meta.url).pathname;
const DAY_MS = 86_400_000;

/** `service="payment"`, `feed=~"a|b"`; null when it is none. */
export function readMatcher(text: string): Matcher | null {
  const match = /^([a-zA-Z_][a-zA-Z0-9_]*)(=~|!~|!=|=)"([^"]*)"$/.exec(text.trim());
  if (match === null || !(MATCHER_OPS as readonly string[]).includes(match[2] ?? '')) return null;
  return { name: match[1] ?? '', op: match[2] as MatcherOp, value: match[3] ?? '' };
}

/** The roster of a campaign: its posts, and the commander who changes each day at the opening's time of day. */
export function campaignRoster({ file, opensAtMs }: Campaign): Roster {
  const posts = file.organisation.roster;
  const commander = posts.find(({ post }) => post === 'rotating_commander');
  return {
    posts,
    shifts: [],
    overrides: [],
    rotation:
      commander === undefined
        ? null
        : {
            post: commander.post,
            people: [commander.a, commander.b],
            fromMs: opensAtMs - 30 * DAY_MS,
            everyMs: DAY_MS,
          },
  };
}

const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
function fatigueOf({ fatigue }: DutyFile): FatigueLimits {
  if (fatigue === undefined) return NO_LIMITS;
  const { per_hour, quiet_tier, quiet_from = '22:00', quiet_to = '08:00' } = fatigue;
  return {
    perHour: per_hour,
    quietTier: (quiet_tier as Tier | undefined) ?? null,
    quietFromMinute: minuteOf(quiet_from),
    quietToMinute: minuteOf(quiet_to),
  };
}

export type DutyRead = DutyConfig & { readonly problems: readonly string[] };
/** Reads policies, inhibition and grouping from a file. Never throws. */
export function readDutyFile(campaign: Campaign, path = DUTY_FILE): DutyRead {
  try {
    return readDutyText(campaign, readFileSync(path, 'utf8'));
  } catch (error) {
    return { ...noDuty(campaign), problems: [`duty.yaml: ${(error as Error).message.split('\n')[0]}`] };
  }
}
/** Before anything is read: the campaign's people, and nobody is paged. */
export const noDuty = (campaign: Campaign): DutyConfig => ({
  groupBy: [],
  policies: [],
  inhibit: [],
  roster: campaignRoster(campaign),
  contacts: {},
  fatigue: NO_LIMITS,
});

/** The same from its text. Never throws; a campaign with other posts has all of them in every step. */
export function readDutyText(campaign: Campaign, text: string): DutyRead {
  const nothing = noDuty(campaign);
  const { roster } = nothing;
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    return {
      ...nothing,
      problems: [`duty.yaml: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`],
    };
  }
  if (!check.Check(value)) {
    const first = check.Errors(value)[0];
    return { ...nothing, problems: [`duty.yaml: ${first?.instancePath || '/'} ${first?.message ?? 'is not valid'}`] };
  }
  const file = value as DutyFile;
  const problems: string[] = [];
  const duration = (text: string, where: string): number => {
    const ms = readDuration(text);
    if (ms === null) problems.push(`duty.yaml: ${where}: ${text} is not a duration such as 5m`);
    return ms ?? 0;
  };
  const matchers = (texts: readonly string[], where: string): Matcher[] =>
    texts.flatMap((text) => {
      const matcher = readMatcher(text);
      try {
        if (matcher === null) throw new Error(`${text} is not name="value"`);
        if (matcher.op === '=~' || matcher.op === '!~') readPattern(matcher);
        return [matcher];
      } catch (error) {
        problems.push(`duty.yaml: ${where}: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    });
  const known = new Set(roster.posts.map(({ post }) => post));
  const named = new Set(campaign.file.organisation.posts.map(({ id }) => id));
  const policies = file.policies.map((policy): EscalationPolicy => {
    const steps = policy.steps.map(({ wait, posts, role, min_open }) => ({
      waitMs: duration(wait, policy.id),
      posts,
      role: role as 'A' | 'B' | 'both',
      ...(min_open === undefined ? {} : { minOpenCount: min_open }),
    }));
    const whole = {
      id: policy.id,
      tiers: policy.tiers as Tier[],
      steps,
      repeatCount: policy.repeat,
      repeatWaitMs: duration(policy.repeat_wait, policy.id),
    };
    const fits = steps.some(({ posts }) => posts.some((post) => named.has(post)));
    // another sale with posts of its own: everybody it names is paged; a single unknown post is a slip of the pen
    if (fits) problems.push(...policyProblems(whole, named).map((text) => `duty.yaml: ${policy.id} ${text}`));
    const all = roster.posts.map(({ post }) => post);
    const here = steps.map((step) => ({ ...step, posts: fits ? step.posts.filter((post) => known.has(post)) : all }));
    return { ...whole, steps: here };
  });
  for (const tier of TIERS)
    if (!policies.some(({ tiers }) => tiers.includes(tier))) problems.push(`duty.yaml: no policy names ${tier}`);
  const inhibit = file.inhibit.map(({ name, source, target, equal }) => ({
    name,
    source: matchers(source, name),
    target: matchers(target, name),
    equal,
  }));
  const contacts = Object.fromEntries(
    (file.people ?? []).map(({ name, dingtalk_id, wecom_id, feishu_id, ...more }) => [
      name,
      {
        ...more,
        ...(dingtalk_id === undefined ? {} : { dingtalkId: dingtalk_id }),
        ...(wecom_id === undefined ? {} : { wecomId: wecom_id }),
        ...(feishu_id === undefined ? {} : { feishuId: feishu_id }),
      },
    ]),
  );
  return { groupBy: file.group_by, policies, inhibit, roster, contacts, fatigue: fatigueOf(file), problems };
}
