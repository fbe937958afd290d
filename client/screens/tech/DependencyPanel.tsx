import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { feedFreshness } from '#contract/freshness';
import { elide, plainNumber } from '../../numbers/format.ts';
import { kpiText } from '../../numbers/kpi-text.ts';
import { FigureNumber } from '../../panels/FigureNumber.tsx';
import { Panel } from '../../panels/Panel.tsx';
import { TierMark } from '../../panels/TierMark.tsx';
import { useConsole } from '../../state/console-store.ts';
import { factsOf } from '../../state/kpi-table.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useFeedFreshness, useFreshness, useTicked } from '../../state/use-freshness.ts';
import { PACE_MS } from '../../state/use-paced.ts';
import { useRowName, useRows } from '../../state/use-rows.ts';
import { useTechWords } from './words.ts';

const PAY = 'payment_success_rate@5m';

/** What the sale rests on and does not own: ways to pay, the feeds of the figures, and the console's own store and nodes. */
export function DependencyPanel({ most }: { most: number }): ReactElement {
  const { say } = useTechWords();
  const freshness = useFeedFreshness([]);
  const methods = useRows('methods', PACE_MS.grid);
  return (
    <Panel id="depend" title={say('depend')} freshness={freshness}>
      <ul className="bars">
        {methods.slice(0, most).map((row) => (
          <Method key={row.id} row={row} />
        ))}
        <Feeds />
        <Store />
      </ul>
    </Panel>
  );
}

function Method({ row }: { row: FrameRow }): ReactElement {
  const format = useFormat();
  const nameOf = useRowName('method');
  const freshness = useFreshness(PAY);
  const figure = row.figures[PAY];
  const few = figure?.quality === 'insufficient';
  const tier = freshness.trusted && !few ? figure?.tier : undefined;
  return (
    <li className={tier ? `depend tier-${tier}` : 'depend'} data-tier={tier} data-testid={`depend-${row.id}`}>
      <span className="bar-name">
        {tier ? <TierMark tier={tier} /> : null}
        {elide(nameOf(row.id), 16)}
      </span>
      <FigureNumber
        figureKey={`${PAY}|method=${row.id}`}
        label={nameOf(row.id)}
        value={figure?.value}
        freshness={freshness}
        format={(value) => kpiText('payment_success_rate', factsOf('payment_success_rate'), value, format)}
        size="line"
      />
    </li>
  );
}

function Feeds(): ReactElement {
  const { say } = useTechWords();
  const lateCount = useTicked((nowMs) => {
    const { frame, clock } = useConsole.getState();
    const serverMs = serverNowMs(clock, nowMs);
    if (!frame || serverMs === null) return 0;
    return Object.values(frame.feeds).filter(({ newestMs, intervalMs }) => {
      const state = feedFreshness({ ageMs: newestMs === null ? null : serverMs - newestMs, intervalMs });
      return state === 'stale' || state === 'gone';
    }).length;
  });
  const heardCount = useTicked(
    () => Object.values(useConsole.getState().frame?.feeds ?? {}).filter(({ newestMs }) => newestMs !== null).length,
  );
  return (
    <li className="depend" data-testid="depend-feeds" data-late={lateCount}>
      <span className="bar-name">{say('feeds')}</span>
      <span className={lateCount > 0 ? 'note-stale' : 'depend-fine'}>
        {lateCount > 0
          ? say('feedsLate', { n: lateCount })
          : heardCount === 0
            ? '—'
            : say('feedsFine', { n: heardCount })}
      </span>
    </li>
  );
}

function Store(): ReactElement {
  const { say, lang } = useTechWords();
  const rows = useRows('console', PACE_MS.grid);
  const read = (id: string, name: string): number | null =>
    rows.find((row) => row.id === id)?.figures[name]?.value ?? null;
  const latencyMs = read('store', 'latency_ms');
  const nodes = read('nodes', 'count');
  const ms = (value: number | null): string =>
    value === null ? '—' : `${plainNumber(value, lang, value < 10 ? 1 : 0)} ms`;
  return (
    <li className="depend" data-testid="depend-store">
      <span className="bar-name">{say('store')}</span>
      <span className="depend-fine">
        {ms(latencyMs)} · {say('nodes')} {nodes ?? '—'}
      </span>
    </li>
  );
}
