import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { Panel } from '../panels/Panel.tsx';
import { RowTable } from '../panels/RowTable.tsx';
import { SceneTile } from '../panels/SceneTile.tsx';
import { AgeNote } from '../panels/StateNote.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { useRows } from '../state/use-rows.ts';

const TILES = ['ad_spend@open', 'roas@open', 'roi@open', 'cac@open', 'conversion_rate@open'];
const COLUMNS = ['ad_spend@open', 'spend_pace@open', 'roas@open', 'roi@open', 'cac@open', 'conversion_rate@open'];

/** Where the money goes and what it brings back, channel by channel. */
export function MarketingScene(): ReactElement {
  const { t } = useT();
  const rows = useRows('channels', PACE_MS.grid);
  const freshness = useFreshness('ad_spend@open');
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
          aside={<AgeNote freshness={freshness} />}
        >
          <RowTable
            caption={t('marketing.title')}
            head={t('marketing.channel')}
            rows={rows}
            label="channel"
            columns={COLUMNS}
            nameLetters={14}
          />
        </Panel>
      </div>
    </>
  );
}
