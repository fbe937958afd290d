import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { figureLine } from '../numbers/format.ts';
import { Panel } from '../panels/Panel.tsx';
import { RowTable } from '../panels/RowTable.tsx';
import { SceneTile } from '../panels/SceneTile.tsx';
import { ShownOf } from '../panels/ShownOf.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { useConsole } from '../state/console-store.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { useRows } from '../state/use-rows.ts';
import { useFeedFreshness } from '../state/use-ticked.ts';

const TILES = ['ad_spend@open', 'roas@open', 'roi@open', 'cac@open', 'conversion_rate@open'];
const COLUMNS = ['ad_spend@open', 'spend_pace@open', 'roas@open', 'roi@open', 'cac@open', 'conversion_rate@open'];

/** Channels that have room, by how far away the wall is read. */
const CHANNELS = { near: 10, mid: 8, far: 6 } as const;

/** Where the money goes and what it brings back, channel by channel. */
export function MarketingScene(): ReactElement {
  const { t } = useT();
  const rows = useRows('channels', PACE_MS.grid);
  const freshness = useFreshness('ad_spend@open');
  const scale = useConsole((state) => state.wallScale);
  const most = CHANNELS[scale];
  return (
    <>
      <TileRow>
        {TILES.map((key) => (
          <SceneTile key={key} figureKey={key} />
        ))}
      </TileRow>
      <div className="row row-table">
        <Panel
          id="channels"
          className="table-panel"
          title={t('marketing.title')}
          freshness={freshness}
          aside={
            <>
              <BudgetBlocks />
              <ShownOf most={most} all={rows.length} freshness={freshness} />
            </>
          }
        >
          <RowTable
            caption={t('marketing.title')}
            head={t('marketing.channel')}
            rows={rows.slice(0, most)}
            label="channel"
            columns={scale === 'far' ? COLUMNS.slice(0, -1) : COLUMNS}
            nameLetters={14}
          />
        </Panel>
      </div>
    </>
  );
}

/** The channels' money as the ledger has it: what there is, what may move, what is on its way, what is kept, what is frozen. */
function BudgetBlocks(): ReactElement | null {
  const { t } = useT();
  const rows = useRows('budget', PACE_MS.kpi);
  const format = useFormat();
  const { trusted } = useFeedFreshness([]);
  if (rows.length === 0 || !trusted) return null;
  const sum = (kind: string, figure: string): number =>
    rows
      .filter(({ id }) => id.startsWith(kind))
      .reduce((all, { figures }) => all + (figures[`budget_${figure}`]?.value ?? 0), 0);
  const amount = (minor: number): string => figureLine(minor, 'minor', format);
  // a channel may stand still for more reasons than one
  const frozen = rows.filter(
    ({ id, figures }) => id.startsWith('chan:') && (figures.budget_frozen_count?.value ?? 0) > 0,
  ).length;
  const held = sum('chan:', 'held');
  return (
    <span className="budget-blocks" data-testid="budget-blocks">
      <span className="fact">{t('marketing.budget', { value: amount(sum('chan:', 'allocated')) })}</span>
      <span className="fact">{t('marketing.movable', { value: amount(sum('chan:', 'releasable')) })}</span>
      {held > 0 ? <span className="fact">{t('marketing.held', { value: amount(held) })}</span> : null}
      <span className="fact">{t('marketing.reserve', { value: amount(sum('reserve:', 'available')) })}</span>
      {frozen > 0 ? <span className="fact budget-frozen">{t('marketing.frozen', { n: frozen })}</span> : null}
    </span>
  );
}
