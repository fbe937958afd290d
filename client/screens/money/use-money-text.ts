import type {
  AccountId,
  BudgetAccount,
  ExpectedEffect,
  MoveView,
  Objective,
  OpenSeat,
  RailsChange,
  StillAllowed,
} from '#contract/budget';
import { BUDGET_REFUSALS, type BudgetRefusal } from '#contract/budget';
import { RequestFailed } from '../../net/http.ts';
import { figureLine, goalLine, plainNumber } from '../../numbers/format.ts';
import { clockTime, spokenSpan } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useZone } from '../frame/use-now.ts';
import { type MoneyUnit, shownMinor, toldApart } from './amounts.ts';
import { useCodeWords } from './code-words.ts';
import { shortId } from './requests.ts';
import { useMoneyWords } from './words.ts';

/** What is known of a limit: of a bound, or of a refusal as the server sent it. */
export interface LimitFacts {
  readonly account?: AccountId | null;
  readonly limitMinor?: number | null;
  readonly askedMinor?: number | null;
  readonly until?: number | null;
}
export const isRefusal = (code: string): code is BudgetRefusal => (BUDGET_REFUSALS as readonly string[]).includes(code);
/** Never told as certain, or as impossible. */
const percentOf = (probability: number): number => Math.floor(Math.min(0.99, Math.max(0.01, probability)) * 100 + 1e-6);
const NAMED = [
  'marketing',
  'tech',
  'logistics',
  'service',
  'reserve',
  'research',
  'supply',
  'running',
  'crisis_fund',
  'hq',
] as const;
type Named = (typeof NAMED)[number];

/** Amounts, names, limits and refusals in the reader's language. */
export function useMoneyText(accounts: ReadonlyMap<AccountId, BudgetAccount>) {
  const { say, lang } = useMoneyWords();
  const { say: code } = useCodeWords();
  const format = useFormat();
  const zone = useZone();
  const posts = useConsole((state) => state.campaign?.posts);
  // nothing is nothing: ¥0, not ¥0.00
  const amount = (minor: number): string =>
    figureLine(minor, 'minor', minor === 0 ? { ...format, decimals: 0 } : format);
  /** Before and after. */
  const change = (before: number, after: number): readonly [string, string] => toldApart(before, after, format);
  const signed = (minor: number): string =>
    minor > 0 ? `+${amount(minor)}` : minor < 0 ? `−${amount(-minor)}` : amount(0);
  /** Without symbol and unit, for a table whose head names them. */
  const bare = (minor: number, unit: MoneyUnit): string => {
    const value = shownMinor(minor, unit) / unit.minor;
    return plainNumber(value, lang, Number.isInteger(value) ? 0 : 2);
  };
  const part = (id: string): string =>
    (NAMED as readonly string[]).includes(id) ? say(`name.${id as Named}`) : id.replaceAll('_', ' ');
  function name(id: AccountId): string {
    const known = accounts.get(id);
    const at = id.indexOf(':');
    const [kind, rest] = at < 0 ? [id, ''] : [id.slice(0, at), id.slice(at + 1)];
    if (kind === 'chan') return known?.[lang] ?? rest;
    if (kind === 'env') return say('env', { name: part(rest) });
    if (kind === 'reserve') return say('reserve');
    if (kind === 'spend') return say('spendOfName', { name: name(`chan:${rest}`) });
    if (kind === 'cover') return say('coverOf', { name: name(`chan:${rest}`) });
    return kind === 'funding' ? say('funding') : id;
  }
  const value = (of: Objective, number: number): string =>
    of === 'new_buyers' ? figureLine(Math.round(number), 'count', format) : amount(Math.round(number));
  /** On an axis: whole where it is whole. */
  const tick = (of: Objective, number: number): string =>
    number === 0 ? '0' : of === 'new_buyers' ? value(of, number) : goalLine(Math.round(number), format);
  const valueSigned = (of: Objective, number: number): string =>
    number < 0 ? `−${value(of, -number)}` : `+${value(of, number)}`;
  const span = (ms: number): string => spokenSpan(ms, lang);
  const time = (ms: number): string => clockTime(ms, zone);
  /** `floor ¥1.2M · cap none · pinned`. */
  const limits = ({ floor, cap, pinned }: RailsChange): string =>
    [
      `${say('floorName')} ${amount(floor)}`,
      `${say('capName')} ${cap === null ? say('noCap') : amount(cap)}`,
      ...(pinned ? [say('pinYes')] : []),
    ].join(' · ');
  /** `+¥54.0K within 2m00s`. */
  const gain = ({ mid, objective, horizonMs }: ExpectedEffect): string =>
    say('gainText', {
      mid: valueSigned(objective, mid),
      what: code(`objective.${objective}`),
      horizon: span(horizonMs),
    });
  /** What nine of ten outcomes lie between, as a sentence. */
  const band = ({ low, high, objective }: ExpectedEffect): string =>
    say('bandText', { low: valueSigned(objective, low), high: valueSigned(objective, high) });
  /** A probability as a share and a word. Never told as certain: 99 % at most. */
  const chance = (probability: number): string => {
    const share = percentOf(probability);
    const word =
      share >= 95
        ? 'sureVery'
        : share >= 80
          ? 'sureEnough'
          : share >= 65
            ? 'sureWeak'
            : share > 35
              ? 'sureNot'
              : 'sureWorse';
    return `${share}% · ${say(word)}`;
  };
  const share = (probability: number): string => `${percentOf(probability)}%`;
  const effect = ({ low, mid, high, objective, horizonMs }: ExpectedEffect): string =>
    say('effectText', {
      mid: valueSigned(objective, mid),
      low: valueSigned(objective, low),
      high: valueSigned(objective, high),
      horizon: span(horizonMs),
    });
  /** Why, with its numbers. */
  function refusal(refused: BudgetRefusal, { account, limitMinor, askedMinor, until }: LimitFacts = {}): string {
    return [
      code(`no.${refused}`),
      account ? name(account) : '',
      typeof limitMinor === 'number' && typeof askedMinor === 'number'
        ? say('numbers', { asked: amount(askedMinor), limit: amount(limitMinor) })
        : '',
      typeof until === 'number' && until > 0 ? say('until', { time: time(until) }) : '',
    ]
      .filter((each) => each !== '')
      .join(' · ');
  }
  /** What may be done instead; empty when nobody said. */
  const still = (allowed: readonly StillAllowed[] | null | undefined): string =>
    allowed === null || allowed === undefined || allowed.length === 0
      ? ''
      : say('stillAllowed', { what: allowed.map((each) => say(`allowed.${each}`)).join(lang === 'zh' ? '、' : ', ') });
  /** What a failed request says. */
  function failure(error: unknown): string {
    // nobody said no: what is not an answer is never told as a refusal
    if (!(error instanceof RequestFailed) || error.code === 'network') return say('noAnswer');
    if (error.code === 'forbidden') return say('forbidden');
    if (error.code === 'version_conflict') return say('changedThere');
    if (error.code === 'conflict') return say('busyThere');
    if (!isRefusal(error.code)) return say('other', { code: error.code, why: error.message });
    const { account, limitMinor, askedMinor, until, nextAt, seats, allowed } = (error.problem ?? {}) as {
      readonly account?: string;
      readonly limitMinor?: number;
      readonly askedMinor?: number;
      readonly until?: number;
      readonly nextAt?: number;
      readonly seats?: readonly OpenSeat[];
      readonly allowed?: readonly StillAllowed[];
    };
    const facts = { account: account ?? null, limitMinor: limitMinor ?? null, askedMinor: askedMinor ?? null };
    const text = [refusal(error.code, { ...facts, until: until ?? nextAt ?? null }), still(allowed)]
      .filter(Boolean)
      .join(' · ');
    return seats === undefined || seats.length === 0 ? text : `${text} · ${say('waits', { who: whoOf(seats) })}`;
  }
  /** `finance director (Chen Jing / Wu Fan), rotating commander (…)`: who the roster has for each seat now. */
  const whoOf = (seats: readonly OpenSeat[]): string =>
    seats
      .map(({ seat, people }) => {
        const names = people.map((one) => {
          const post = posts?.find(({ id }) => id === one.post)?.[lang];
          return post === undefined ? one.name : `${one.name} · ${post} ${one.as ?? ''}`.trim();
        });
        return `${code(`seat.${seat}`)} (${names.length === 0 ? say('nobody') : names.join(' / ')})`;
      })
      .join(seats.some(({ any }) => any === true) ? ` ${say('orElse')} ` : ', ');
  /** How many still have to say yes. */
  const needed = (seats: readonly OpenSeat[]): number =>
    seats.some(({ any }) => any === true) ? Math.min(1, seats.length) : seats.length;
  const multiple = (number: number): string => plainNumber(number, lang, number >= 100 ? 0 : 1);
  const percent = (ratio: number): string => `${plainNumber(ratio * 100, lang, 0)}%`;
  return {
    say,
    code,
    lang,
    amount,
    change,
    signed,
    bare,
    name,
    value,
    tick,
    valueSigned,
    span,
    time,
    effect,
    gain,
    limits,
    band,
    chance,
    share,
    refusal,
    still,
    failure,
    whoOf,
    needed,
    multiple,
    percent,
  };
}
export type MoneyText = ReturnType<typeof useMoneyText>;

/** Number and state of a request, and for whom it waits. */
export function sentWords(
  { id, state, seats }: MoveView,
  { code, say, whoOf }: Pick<MoneyText, 'code' | 'say' | 'whoOf'>,
): { readonly id: string; readonly state: string; readonly waits: string } {
  const waits = state === 'awaiting_approval' && seats.length > 0 ? ` · ${say('waits', { who: whoOf(seats) })}` : '';
  return { id: shortId(id), state: code(`state.${state}`), waits };
}
