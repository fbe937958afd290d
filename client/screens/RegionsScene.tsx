import type { ReactElement } from 'react';
import type { FrameRow } from '#contract/frames';
import { TIER_RANK } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { floorTo } from '../numbers/floor.ts';
import { elide, plainNumber } from '../numbers/format.ts';
import { AlertStrip } from '../panels/AlertStrip.tsx';
import { FigureNumber } from '../panels/FigureNumber.tsx';
import { Panel } from '../panels/Panel.tsx';
import { useRoomWords } from '../panels/room-words.ts';
import { AgeNote } from '../panels/StateNote.tsx';
import { TakeOver } from '../panels/TakeOver.tsx';
import { TierMark } from '../panels/TierMark.tsx';
import { useTakenOver } from '../panels/take-over.ts';
import { useConsole } from '../state/console-store.ts';
import { useFormat } from '../state/use-figure.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { useRowName, useRows } from '../state/use-rows.ts';

const PAID = 'gmv_paid@open';
/** Provinces a column of the grid holds; a larger war zone takes two. */
const COLUMN_TILES = 8;
/** Provinces beside a red alert, and alerts under it; `far` has room for a few in any case. */
const BEHIND_TILES = { near: 16, mid: 14, far: 8 } as const;
const FAR_TILES = 12;
const STRIP_ROWS = { near: 9, mid: 7 } as const;

export interface ZoneBlock {
  readonly id: string;
  readonly regions: readonly string[];
}
/**
 * War zones as columns of at most `most` tiles: a larger one is split, small ones share a column. Each province stands where
 * people of its zone look for it, the same on every wall. Pure.
 */
export function zoneColumns(zones: readonly ZoneBlock[], most = COLUMN_TILES): readonly (readonly ZoneBlock[])[] {
  const columns: { blocks: ZoneBlock[]; height: number }[] = [];
  for (const { id, regions } of zones) {
    const parts = Math.ceil(regions.length / most);
    const size = Math.ceil(regions.length / parts);
    for (let part = 0; part < parts; part += 1) {
      const block = { id, regions: regions.slice(part * size, (part + 1) * size) };
      const height = block.regions.length + 1;
      // A heading takes a tile's height, so two zones in a column need room for it.
      const room = parts > 1 ? undefined : columns.find((column) => column.height + height <= most);
      if (room) {
        room.blocks.push(block);
        room.height += height;
      } else columns.push({ blocks: [block], height });
    }
  }
  return columns.map(({ blocks }) => blocks);
}

/** Provinces by war zone: what each sold and how it stands against its plan. A tile grid needs no map and no map licence. */
export function RegionsScene(): ReactElement {
  const { t, lang } = useT();
  const rows = useRows('regions', PACE_MS.grid);
  const zones = useConsole((state) => state.campaign?.warZones);
  const freshness = useFreshness(PAID);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const taken = useTakenOver();
  const most = rows.reduce((top, row) => Math.max(top, row.figures[PAID]?.value ?? 0), 0);
  const far = useConsole((state) => state.wallScale === 'far');
  if (taken || far) return <BehindPlan rows={rows} most={most} taken={taken} />;
  return (
    <div className="row row-grid">
      <Panel id="regions" title={t('regions.title')} freshness={freshness} aside={<AgeNote freshness={freshness} />}>
        <div className="zones">
          {zoneColumns(zones ?? []).map((blocks) => (
            <div className="zone-column" key={blocks.map(({ id, regions }) => `${id}${regions[0]}`).join()}>
              {blocks.map((block) => (
                <div className="war-zone" key={block.id + block.regions[0]}>
                  <h3>{zones?.find(({ id }) => id === block.id)?.[lang]}</h3>
                  {block.regions.map((id) => (
                    <RegionTile key={id} id={id} row={byId.get(id)} most={most} />
                  ))}
                </div>
              ))}
            </div>
          ))}
        </div>
      </Panel>
    </div>
  );
}

interface BehindPlanProps {
  readonly rows: readonly FrameRow[];
  readonly most: number;
  /** A red alert stands beside them. */
  readonly taken: boolean;
}
/** Room for some provinces only: those furthest behind their plan, and how many there are. */
function BehindPlan({ rows, most, taken }: BehindPlanProps): ReactElement {
  const { say } = useRoomWords();
  const freshness = useFreshness(PAID);
  const scale = useConsole((state) => state.wallScale);
  const behind = furthestBehind(rows).slice(0, taken ? BEHIND_TILES[scale] : FAR_TILES);
  return (
    <div className={taken ? 'row row-taken' : 'row row-grid'}>
      {taken ? (
        <div className="taken-left">
          <TakeOver />
          {scale === 'far' ? null : <AlertStrip rows={STRIP_ROWS[scale]} besideTaken />}
        </div>
      ) : null}
      <Panel
        id="regions"
        title={say('behind', { n: behind.length, all: rows.length })}
        freshness={freshness}
        aside={<AgeNote freshness={freshness} />}
      >
        <div className={taken ? 'zones behind' : 'zones behind behind-alone'}>
          {behind.map((row) => (
            <RegionTile key={row.id} id={row.id} row={row} most={most} />
          ))}
        </div>
      </Panel>
    </div>
  );
}
/** By how much of the plan for now they have; those without a plan last. Pure. */
export const furthestBehind = (rows: readonly FrameRow[]): readonly FrameRow[] => {
  const of = (row: FrameRow): number => row.figures['target_attainment@open']?.value ?? Number.POSITIVE_INFINITY;
  return [...rows].sort((a, b) => of(a) - of(b) || (a.id < b.id ? -1 : 1));
};

function RegionTile({ id, row, most }: { id: string; row: FrameRow | undefined; most: number }): ReactElement {
  const { lang } = useT();
  const format = useFormat();
  const nameOf = useRowName('region');
  const freshness = useFreshness(PAID);
  const figure = row?.figures[PAID];
  const attainment = row?.figures['target_attainment@open']?.value ?? null;
  const worst = figure?.tier ?? row?.figures['target_attainment@open']?.tier;
  // Blue and cyan mean a few per cent under plan, which the number beside says; a shape is kept for what needs somebody.
  const tier = freshness.trusted && worst && TIER_RANK[worst] >= TIER_RANK.yellow ? worst : undefined;
  const percent = attainment === null ? null : floorTo(attainment - 1, 1 / 100, 1);
  return (
    <div className={tier ? `region tier-${tier}` : 'region'} data-tier={tier} data-testid={`region-${id}`}>
      <span className="region-name">
        {tier ? <TierMark tier={tier} /> : null}
        {elide(nameOf(id), tier ? 12 : 14)}
      </span>
      <span className="region-value">
        <FigureNumber
          figureKey={`${PAID}|region=${id}`}
          label={nameOf(id)}
          value={figure?.value}
          freshness={freshness}
          format={(value) => format.text(value, 'minor')}
          size="line"
        />
        {percent === null || !freshness.trusted ? null : (
          <span className="region-delta">
            {percent < 0 ? '−' : '+'}
            {plainNumber(Math.abs(percent), lang, 1)}%
          </span>
        )}
      </span>
      <span className="bar-track" aria-hidden="true">
        <span
          className="bar-fill"
          data-trusted={freshness.trusted}
          style={{ width: `${most > 0 ? ((figure?.value ?? 0) / most) * 100 : 0}%` }}
        />
      </span>
    </div>
  );
}
