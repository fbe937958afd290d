import { type FormEvent, type ReactElement, useEffect, useState } from 'react';
import type { AlertRule, BacktestReply } from '#contract/alerts';
import type { TimelineEntry, TimelineReply } from '#contract/timeline';
import { requestJson } from '../../net/http.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { fromZoneInput, toZoneInput } from '../../numbers/zone.ts';
import { useMay } from '../frame/PageFrame.tsx';
import { nowOfServer, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { BacktestChart } from './BacktestChart.tsx';
import { FiringTable } from './FiringTable.tsx';
import { barOf, type FiringBar, firingMs, happened, stepFor } from './model.ts';
import { usePlaceOf } from './use-place.ts';
import { useRuleWords } from './words.ts';

const HOUR_MS = 3_600_000;
/** A back-test reads windows for a while; the answer is waited for this long. */
const WAIT_MS = 60_000;
const SPANS_H = [1, 2, 6] as const;

interface Result {
  readonly edited: BacktestReply;
  readonly present: BacktestReply;
  readonly entries: readonly TimelineEntry[];
}
const run = (body: object): Promise<BacktestReply> =>
  requestJson('/api/v1/rules/backtest', { method: 'POST', body, timeoutMs: WAIT_MS });

async function readDid(fromMs: number, toMs: number): Promise<readonly TimelineEntry[]> {
  const kinds = 'alert.fired,alert.raised,alert.resolved,alert.storm';
  const query = new URLSearchParams({ kinds, from: String(fromMs), to: String(toMs), limit: '500' });
  return (await requestJson<TimelineReply>(`/api/v1/timeline?${query}`)).entries;
}

/** The rule as text to change, a span, and what it would have done there beside what the present rule would have and did. */
export function Backtest({ rule, title, yaml }: { rule: AlertRule; title: string; yaml: string }): ReactElement {
  const { say } = useRuleWords();
  const zone = useZone();
  const mayRun = useMay('alerts.act');
  const refused = useRefused();
  const [text, setText] = useState(yaml);
  const [span, setSpan] = useState(() => {
    const nowMs = Math.floor((nowOfServer() ?? Date.now()) / 60_000) * 60_000;
    return { from: nowMs - 2 * HOUR_MS, to: nowMs };
  });
  const [running, setRunning] = useState(false);
  const [result, setResult] = useState<Result | null>(null);
  useEffect(() => {
    setText(yaml);
    setResult(null);
  }, [yaml]);
  const off = !mayRun ? say('readOnly') : span.to <= span.from ? say('noSpan') : '';
  const start = (event: FormEvent): void => {
    event.preventDefault();
    if (off !== '' || running) return;
    refused.clear();
    setRunning(true);
    const { from, to } = span;
    const asked = { from, to, stepMs: stepFor(to - from) };
    Promise.all([run({ yaml: text, ...asked }), run({ rule: rule.id, ...asked }), readDid(from, to)])
      .then(([edited, present, entries]) => setResult({ edited, present, entries }), refused.take)
      .finally(() => setRunning(false));
  };
  const time = (name: 'from' | 'to'): ReactElement => (
    <label className="inline-field">
      {say(name)}
      <input
        type="datetime-local"
        name={name}
        value={toZoneInput(span[name], zone)}
        onChange={(event) => {
          const ms = fromZoneInput(event.target.value, zone);
          if (ms !== null) setSpan((had) => ({ ...had, [name]: ms }));
        }}
      />
    </label>
  );
  return (
    <section className="backtest" aria-label={say('backtest')} data-testid="backtest">
      <h3>{say('backtest')}</h3>
      <p className="quiet">{say('backtestHint')}</p>
      <form onSubmit={start}>
        <label className="field">
          {say('yaml')}
          <textarea
            name="yaml"
            className="code"
            rows={Math.min(18, text.split('\n').length + 1)}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <p className="line">
          {time('from')}
          {time('to')}
          {SPANS_H.map((hours) => (
            <button
              key={hours}
              type="button"
              className="pill pill-button"
              onClick={() => {
                const nowMs = Math.floor((nowOfServer() ?? Date.now()) / 60_000) * 60_000;
                setSpan({ from: nowMs - hours * HOUR_MS, to: nowMs });
              }}
            >
              {say('lastHours', { n: hours })}
            </button>
          ))}
        </p>
        <p className="line">
          <button
            type="submit"
            className="button button-main"
            disabled={off !== '' || running}
            data-testid="run-backtest"
          >
            {say(running ? 'running' : 'run')}
          </button>
          {text === yaml ? null : (
            <button type="button" className="link-button" onClick={() => setText(yaml)}>
              {say('reset')}
            </button>
          )}
          {off === '' ? null : <span className="quiet">{off}</span>}
        </p>
      </form>
      <p role="alert" className="refused">
        {refused.text}
      </p>
      {result === null ? null : <Outcome rule={rule} title={title} {...result} />}
    </section>
  );
}

/** Why the server could not judge a rule, in the reader's language. */
function whyOf(why: string, say: ReturnType<typeof useRuleWords>['say']): string {
  const [, name] = /^(\w+)\(\) is not recorded$/.exec(why) ?? [];
  if (name !== undefined) return say('notRecorded', { name });
  return why === 'no data in this span' ? say('noDataHere') : why;
}

function Outcome({ rule, title, edited, present, entries }: Result & { rule: AlertRule; title: string }): ReactElement {
  const { say, lang } = useRuleWords();
  const placeOf = usePlaceOf();
  const { from, to, stepMs } = edited;
  const bars = {
    edited: edited.firings.map((firing) => barOf(firing, placeOf)),
    present: present.firings.map((firing) => barOf(firing, placeOf)),
    did: happened(entries, rule.id, placeOf).filter(({ fromMs }) => fromMs <= to),
  };
  const sum = (list: readonly FiringBar[], none: 'silent' | 'didNothing'): string =>
    list.length === 0 ? say(none) : say('firings', { n: list.length, span: spokenSpan(firingMs(list, to), lang) });
  const unjudged = new Set(
    [...edited.unjudged, ...present.unjudged].map(
      ({ rule: id, why }) => `${id === rule.id ? title || id : id}: ${whyOf(why, say)}`,
    ),
  );
  return (
    <div className="bt-outcome" data-testid="bt-outcome">
      {[...unjudged].map((why) => (
        <p key={why}>{say('unjudged', { why })}</p>
      ))}
      {stepMs <= rule.intervalMs || unjudged.size > 0 ? null : (
        <p className="quiet">
          {say(rule.intervalMs === 0 ? 'coarseLook' : 'coarse', {
            step: spokenSpan(stepMs, lang),
            own: spokenSpan(rule.intervalMs, lang),
          })}
        </p>
      )}
      <dl className="bt-sums">
        {(['edited', 'present', 'did'] as const).map((which) => (
          <div key={which}>
            <dt>{say(which)}</dt>
            <dd data-testid={`sum-${which}`}>{sum(bars[which], which === 'did' ? 'didNothing' : 'silent')}</dd>
          </div>
        ))}
      </dl>
      <BacktestChart lines={edited.lines ?? present.lines ?? []} bars={bars} fromMs={from} toMs={to} />
      {edited.firings.length === 0 ? null : (
        <>
          <h4>{say('edited')}</h4>
          <FiringTable firings={edited.firings} title={say('edited')} />
        </>
      )}
      {present.firings.length === 0 ? null : (
        <details>
          <summary>{say('present')}</summary>
          <FiringTable firings={present.firings} title={say('present')} />
        </details>
      )}
    </div>
  );
}
