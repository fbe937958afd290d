import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { useT } from '../i18n/t.ts';
import { BarList } from '../panels/BarList.tsx';
import { Panel } from '../panels/Panel.tsx';
import { SceneTile } from '../panels/SceneTile.tsx';
import { ShownOf } from '../panels/ShownOf.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { useConsole } from '../state/console-store.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { useRows } from '../state/use-rows.ts';

const SHORTEST = 'stock_minutes_left@5m';
const TILES = [
  SHORTEST,
  'stockout_rate_demand@5m',
  'complaint_rate@1h',
  'cs_first_response_p90@5m',
  'cs_answer_rate@5m',
];
/** Lines that fit, by how far away the wall is read: each list has its worst first, so what is left out is better. */
const LINES = {
  near: { items: 9, kinds: 5, desks: 2 },
  mid: { items: 7, kinds: 4, desks: 2 },
  far: { items: 5, kinds: 3, desks: 1 },
} as const;

/** Rows by a figure; those without a value last. */
export function sorted(rows: readonly FrameRow[], key: string, order: 'up' | 'down'): readonly FrameRow[] {
  const last = order === 'up' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  const of = (row: FrameRow): number => row.figures[key]?.value ?? last;
  return [...rows].sort((a, b) => (order === 'up' ? of(a) - of(b) : of(b) - of(a)));
}

/** What runs out when, what is missing where, and what buyers complain about. */
export function SupplyScene(): ReactElement {
  const { t } = useT();
  const lines = LINES[useConsole((state) => state.wallScale)];
  // The tile of the shortest and the first line of the list are the same number: both of one frame, so that they never differ.
  const held = usePaced(({ frame }) => (frame?.rows.items === undefined ? undefined : frame), PACE_MS.grid);
  const items = sorted(held?.rows.items ?? [], SHORTEST, 'up');
  const categories = sorted(useRows('categories', PACE_MS.grid), 'stockout_rate_demand@5m', 'down');
  const complaints = sorted(useRows('complaints', PACE_MS.grid), 'complaint_share@1h', 'down');
  const desks = sorted(useRows('desks', PACE_MS.grid), 'cs_answer_rate@5m', 'up');
  const stock = useFreshness(SHORTEST);
  const demand = useFreshness('stockout_rate_demand@5m');
  const opened = useFreshness('complaint_share@1h');
  const answered = useFreshness('cs_answer_rate@5m');
  return (
    <>
      <TileRow>
        {TILES.map((key) => (
          <SceneTile key={key} figureKey={key} held={key === SHORTEST ? held?.figures[key] : undefined} />
        ))}
      </TileRow>
      <div className="row row-three">
        <Panel
          id="items"
          title={t('supply.items')}
          freshness={stock}
          aside={<ShownOf most={lines.items} all={items.length} freshness={stock} />}
        >
          <BarList rows={items.slice(0, lines.items)} label="sku" column={SHORTEST} full={120} />
        </Panel>
        <Panel
          id="categories"
          title={t('supply.categories')}
          freshness={demand}
          aside={<ShownOf most={lines.items} all={categories.length} freshness={demand} />}
        >
          <BarList
            rows={categories.slice(0, lines.items)}
            label="category"
            column="stockout_rate_demand@5m"
            full={0.05}
          />
        </Panel>
        <div className="stack">
          <Panel
            id="complaints"
            title={t('supply.complaints')}
            freshness={opened}
            aside={<ShownOf most={lines.kinds} all={complaints.length} freshness={opened} />}
          >
            <BarList rows={complaints.slice(0, lines.kinds)} label="kind" column="complaint_share@1h" full={1} />
          </Panel>
          <Panel
            id="desks"
            title={t('supply.desks')}
            freshness={answered}
            aside={<ShownOf most={lines.desks} all={desks.length} freshness={answered} />}
          >
            <BarList rows={desks.slice(0, lines.desks)} label="desk" column="cs_answer_rate@5m" full={1} />
          </Panel>
        </div>
      </div>
    </>
  );
}
