import type { AlertLabels } from '#contract/alerts';
import type { Tier } from '#contract/tiers';

/** Words other systems use for how bad something is, in lower case. */
const TIER_OF: Readonly<Record<string, Tier>> = {
  critical: 'red',
  disaster: 'red',
  fatal: 'red',
  sev0: 'red',
  p0: 'red',
  error: 'orange',
  urgent: 'orange',
  major: 'orange',
  sev1: 'orange',
  p1: 'orange',
  warn: 'yellow',
  warning: 'yellow',
  unknown: 'yellow',
  sev2: 'yellow',
  p2: 'yellow',
  info: 'cyan',
  minor: 'cyan',
  sev3: 'cyan',
  p3: 'cyan',
  debug: 'blue',
  trivial: 'blue',
  sev4: 'blue',
  p4: 'blue',
};
/** What is not understood wakes nobody for nothing and is not lost either. */
export const DEFAULT_TIER: Tier = 'yellow';
/** Labels that may say it; the first one that is there counts. */
const NAMES = ['severity', 'priority', 'level'] as const;

export interface ReadTier {
  readonly tier: Tier;
  /** Why it is the default; null when the word was understood. */
  readonly doubt: string | null;
}

/** The tier of a foreign alert, from its labels. Case does not matter. */
export function tierOf(labels: AlertLabels): ReadTier {
  const name = NAMES.find((each) => labels[each] !== undefined);
  if (name === undefined) return { tier: DEFAULT_TIER, doubt: `it has no label severity: taken as ${DEFAULT_TIER}` };
  const word = labels[name] ?? '';
  const key = word.trim().toLowerCase();
  const tier = Object.hasOwn(TIER_OF, key) ? TIER_OF[key] : undefined;
  if (tier !== undefined) return { tier, doubt: null };
  return { tier: DEFAULT_TIER, doubt: `${name} "${word.slice(0, 40)}" is not known here: taken as ${DEFAULT_TIER}` };
}
