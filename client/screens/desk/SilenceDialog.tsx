import { type ReactElement, useMemo, useState } from 'react';
import type { Alert, Matcher, MatcherOp } from '#contract/alerts';
import { useDeskWords } from '../../i18n/desk-words.ts';
import type { DeskKey } from '../../i18n/zh-desk.ts';
import { silence } from '../../net/alert-commands.ts';
import { minuteTime } from '../../numbers/time.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { useConsole } from '../../state/console-store.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useListed } from '../../state/use-alert-feed.ts';
import { plain } from './AskDialog.tsx';
import { refusalWords, useOff } from './acts.ts';
import { titleOf } from './alert-words.ts';
import { mutedCount, startingMatchers } from './silence-matchers.ts';
import { useTold } from './told.ts';

/** As the server takes them; a list of its own, so that a phone does not load the contract's schemas. */
const OPS: readonly MatcherOp[] = ['=', '!=', '=~', '!~'];
const SPANS_MIN = [15, 60, 240] as const;
const MINUTE_MS = 60_000;

/** Mutes alerts for a while: which ones, why, until when. How many it mutes now is counted before it is made. */
export function SilenceDialog({ alert, onClose }: { alert: Alert; onClose: () => void }): ReactElement {
  const { say, lang } = useDeskWords();
  const off = useOff();
  const listed = useListed();
  const [matchers, setMatchers] = useState<readonly Matcher[]>(() => startingMatchers(alert));
  const [minutes, setMinutes] = useState<number>(SPANS_MIN[0]);
  const sending = useSending((error) => refusalWords(error, say));
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const matched = useMemo(() => mutedCount(matchers, listed.byId.values()), [listed, matchers]);
  const endsAt = (): number =>
    (serverNowMs(useConsole.getState().clock, performance.now()) ?? Date.now()) + minutes * MINUTE_MS;
  const change = (at: number, fields: Partial<Matcher>): void =>
    setMatchers(matchers.map((each, index) => (index === at ? { ...each, ...fields } : each)));
  const submit = (form: FormData): Promise<boolean> =>
    sending.send(async () => {
      const comment = plain(form.get('text'));
      const made = await silence({ matchers: [...matchers], endsAt: Math.round(endsAt()), comment });
      useTold.getState().tell(say('told.silenced', { time: minuteTime(made.endsAt, zone) }));
      onClose();
    });
  return (
    <FormDialog
      id="silence"
      title={`${say('do.silence')} · ${titleOf(alert, lang)}`}
      className="proof ask"
      first="textarea"
      submit={say('do.silence')}
      exit={say('do.cancel')}
      off={off !== null ? say(`off.${off}`) : matchers.length === 0 ? say('ask.matchesNone') : ''}
      sending={sending}
      onClose={onClose}
      onSubmit={(form) => void submit(form)}
    >
      <fieldset className="ask-field">
        <legend>{say('ask.matchers')}</legend>
        {matchers.map((matcher, at) => (
          <span className="matcher" key={matcher.name}>
            <code>{matcher.name}</code>
            <select
              aria-label={say('ask.op', { name: matcher.name })}
              value={matcher.op}
              onChange={(event) => change(at, { op: event.target.value as MatcherOp })}
            >
              {OPS.map((op) => (
                <option key={op} value={op}>
                  {say(`op.${op}`)} {op}
                </option>
              ))}
            </select>
            <input
              aria-label={matcher.name}
              value={matcher.value}
              maxLength={512}
              onChange={(event) => change(at, { value: event.target.value })}
            />
            <button
              type="button"
              className="button"
              aria-label={say('ask.dropMatcher', { name: matcher.name })}
              onClick={() => setMatchers(matchers.filter((_, index) => index !== at))}
            >
              ✕
            </button>
          </span>
        ))}
        {matchers.some(({ op }) => op === '=~' || op === '!~') ? <p className="quiet">{say('ask.pattern')}</p> : null}
        <p className="quiet" role="status" data-testid="silence-matches">
          {matched === null
            ? say('ask.matchesUnknown')
            : matched === 0
              ? say('ask.matchesNone')
              : say('ask.matches', { n: matched })}
        </p>
      </fieldset>
      <fieldset className="ask-field ask-spans">
        <legend>
          {say('ask.until')} <span className="quiet">{say('ask.untilAt', { time: minuteTime(endsAt(), zone) })}</span>
        </legend>
        {SPANS_MIN.map((span) => (
          <label key={span} className="ask-span">
            <input type="radio" name="span" value={span} checked={minutes === span} onChange={() => setMinutes(span)} />
            {say(`span.${span}` as DeskKey)}
          </label>
        ))}
      </fieldset>
      <label className="ask-field">
        {say('ask.reason')}
        <textarea name="text" rows={2} maxLength={500} required />
      </label>
    </FormDialog>
  );
}
