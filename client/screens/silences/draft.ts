import { MATCHER_OPS, type Matcher, type MatcherOp, type SilenceState, type SilenceView } from '#contract/alerts';

/** There is no "for ever". */
export const PRESET_MINUTES = [5, 15, 30, 60, 120, 240, 720, 1_440] as const;
/** What ends within this is marked, ms: the noise comes back soon. */
export const ENDS_SOON_MS = 5 * 60_000;

export const isEndingSoon = ({ state, endsAt }: Pick<SilenceView, 'state' | 'endsAt'>, nowMs: number): boolean =>
  state === 'active' && endsAt - nowMs <= ENDS_SOON_MS;
/** State from the times at this instant: a list that was read a moment ago does not show what is over as active. Pure. */
export const stateAt = ({ startsAt, endsAt }: Pick<SilenceView, 'startsAt' | 'endsAt'>, nowMs: number): SilenceState =>
  nowMs < startsAt ? 'pending' : nowMs < endsAt ? 'active' : 'expired';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;
/** Whole, and such that the query `name="value"` can say it. */
export const isWhole = ({ name, value }: Matcher): boolean => NAME.test(name) && value !== '' && !value.includes('"');
export const matcherText = ({ name, op, value }: Matcher): string => `${name}${op}"${value}"`;

/** `?m=service="payment"&m=tier=~"red|orange"`: a silence begun elsewhere, such as from an alert. Pure. */
export function readMatchers(query: URLSearchParams): Matcher[] {
  return query.getAll('m').flatMap((text): Matcher[] => {
    const [, name = '', op = '', value = ''] = /^([a-zA-Z_]\w*)(=~|!~|!=|=)"?([^"]*)"?$/.exec(text) ?? [];
    return name !== '' && (MATCHER_OPS as readonly string[]).includes(op) ? [{ name, op: op as MatcherOp, value }] : [];
  });
}
