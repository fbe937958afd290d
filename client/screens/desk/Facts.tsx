import type { ReactElement, ReactNode } from 'react';
import type { Alert, PageExplanation } from '#contract/alerts';
import { type Say, useDeskWords } from '../../i18n/desk-words.ts';
import { useT } from '../../i18n/t.ts';
import { figureLine } from '../../numbers/format.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import type { FigureFreshness } from '../../state/freshness.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFreshness } from '../../state/use-freshness.ts';
import { useTicked } from '../../state/use-ticked.ts';
import { useAge } from './AlertRow.tsx';
import { limitLine, measureLine, recoveryWord, sellsOut } from './alert-words.ts';

/** Whole seconds until an instant of the server's clock; 0 when it is past. */
function useLeftMs(untilMs: number | null): number {
  return useTicked((nowMs) => {
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    return serverMs === null || untilMs === null ? 0 : Math.max(0, Math.floor((untilMs - serverMs) / 1_000) * 1_000);
  });
}

/** One number of an alert. It says how far it can be trusted, like every number of the console. */
function Fact({
  id,
  name,
  value,
  freshness,
  strong = false,
  words = false,
  children,
}: {
  id: string;
  name: string;
  value: ReactNode;
  freshness: FigureFreshness;
  strong?: boolean;
  /** The value is a sentence: smaller, on two lines rather than cut. */
  words?: boolean;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="fact-card" data-testid={`fact-${id}`} data-state={freshness.state} data-strong={strong}>
      <p className="fact-label">{name}</p>
      <p className="fact-number" data-words={words}>
        {value}
      </p>
      <p className="fact-under">{children}</p>
    </div>
  );
}

/** Number against limit, since when, what it has cost so far, and who is called next. */
export function Facts({
  alert,
  raisedAt,
  explanation,
  link,
}: {
  alert: Alert;
  /** The value with which it fired or was raised last; null while it is not known. */
  raisedAt: number | null;
  explanation: readonly PageExplanation[];
  link: FigureFreshness;
}): ReactElement {
  const { say } = useDeskWords();
  const { t } = useT();
  const format = useFormat();
  const age = useAge(alert.startsAt);
  const over = alert.endsAt !== null;
  const { value } = alert;
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const recovery = over ? null : recoveryWord(alert, say, zone);
  return (
    <div className={`facts-row tier-${alert.tier}`}>
      <Fact
        id="now"
        name={say(sellsOut(alert) ? 'fact.soldOutIn' : 'fact.now')}
        freshness={link}
        strong={!over && value !== null && recovery === null && link.trusted}
        value={
          value === null
            ? say('fact.noValue')
            : sellsOut(alert) && value <= 0
              ? say('fact.soldOut')
              : measureLine(value, alert.unit, format)
        }
      >
        {recovery === null ? null : <b data-testid="recovering">{recovery} · </b>}
        {alert.limit === null
          ? say('fact.noLimit')
          : say('fact.limit', { value: limitLine(alert.limit, alert.unit, format) })}
        {raisedAt !== null && raisedAt !== value
          ? ` · ${say('fact.atRaise', { value: measureLine(raisedAt, alert.unit, format) })}`
          : ''}
      </Fact>
      <Fact id="lasting" name={say('fact.lasting')} freshness={link} value={age}>
        {[
          ...(alert.peakTier === alert.tier ? [] : [say('fact.peak', { tier: t(`tier.${alert.peakTier}`) })]),
          ...(alert.flapCount > 1 ? [say('fact.flaps', { n: alert.flapCount })] : []),
        ].join(' · ') || ' '}
      </Fact>
      <Money alert={alert} link={link} />
      <Next alert={alert} explanation={explanation} link={link} />
    </div>
  );
}

function Money({ alert, link }: { alert: Alert; link: FigureFreshness }): ReactElement {
  const { say, lang } = useDeskWords();
  const format = useFormat();
  const sales = useFreshness('gmv_paid@1m');
  const quality = useConsole((state) => state.frame?.quality ?? 'live');
  const { costMinor, costMinorPerMinute } = alert;
  const how = (): string => {
    if (!sales.trusted) return say('fact.costStale', { time: spokenSpan(sales.ageMs ?? 0, lang) });
    return say(quality === 'live' ? 'fact.costHow' : 'fact.costPartial');
  };
  if (costMinor === null)
    return (
      <Fact id="cost" name={say('fact.cost')} freshness={link} value="—">
        {say('fact.noCost')}
      </Fact>
    );
  return (
    <Fact id="cost" name={say('fact.cost')} freshness={sales} value={figureLine(costMinor, 'minor', format)}>
      {costMinorPerMinute === null
        ? ''
        : `${say('fact.costPerMinute', { money: figureLine(costMinorPerMinute, 'minor', format) })} · `}
      {how()}
    </Fact>
  );
}

/** The owner and when that wears off; without one, who is called next and when. */
function Next({
  alert,
  explanation,
  link,
}: {
  alert: Alert;
  explanation: readonly PageExplanation[];
  link: FigureFreshness;
}): ReactElement {
  const { say, lang } = useDeskWords();
  const ackLeftMs = useLeftMs(alert.ackExpiresAt);
  const due = explanation.filter(({ dueAt }) => dueAt !== null).sort((a, b) => (a.dueAt ?? 0) - (b.dueAt ?? 0));
  const [next] = due;
  const names = [...new Set(due.flatMap(({ person, dueAt }) => (dueAt === next?.dueAt ? [person] : [])))];
  const nextLeftMs = useLeftMs(next?.dueAt ?? null);
  if (alert.owner !== null)
    return (
      <Fact id="next" name={say('fact.owner')} freshness={link} value={alert.owner.name}>
        {alert.ackExpiresAt === null ? ' ' : say('fact.ackUntil', { time: spokenSpan(ackLeftMs, lang) })}
      </Fact>
    );
  return (
    <Fact
      id="next"
      name={say('fact.next')}
      freshness={link}
      value={names.length > 0 ? names.join(', ') : nobody(alert, explanation, say)}
      words={names.length !== 1}
    >
      {next === undefined
        ? ' '
        : nextLeftMs > 0
          ? say('fact.nextIn', { time: spokenSpan(nextLeftMs, lang) })
          : say('fact.nextNow')}
    </Fact>
  );
}
function nobody({ suppressedBy }: Alert, explanation: readonly PageExplanation[], say: Say): string {
  if (suppressedBy.some(({ kind }) => kind === 'silence')) return say('fact.nextMuted');
  const paged = explanation.some((one) => one.paged);
  if (!paged && explanation.some(({ reason }) => reason === 'quiet tier')) return say('fact.nextQuiet');
  return say(suppressedBy.some(({ kind }) => kind === 'inhibition') ? 'row.inhibited' : 'fact.nextNobody');
}
