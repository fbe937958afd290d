import type { FrameRow } from '#contract/frames';
import type { Figure } from '#contract/kpis';
import { VIEW_SPECS } from '../../server/realtime/domain/views.ts';
import { factsOf } from '../state/kpi-table.ts';
import { figure, type Sale } from './sale.ts';

/** A value of each unit, wide or usual. */
function sampleOf(kpi: string, wide: boolean): number {
  switch (factsOf(kpi).unit) {
    case 'minor':
      return wide ? 99_988_877_700 : 3_512_369_500;
    case 'count':
      return wide ? 8_888_888 : 1_771;
    case 'per_second':
      return wide ? 888_888 : 2_865;
    case 'ratio':
      return wide ? (kpi === 'complaint_rate' ? 0.0888 : 0.8888) : 0.12;
    case 'multiple':
      return wide ? 88.88 : 4.6;
    case 'ms':
      return wide ? 5_000 : 520;
    case 'minutes':
      return wide ? 2_800 : 74;
    case 'hours':
      return wide ? 120 : 15;
    default:
      return wide ? 888 : 39;
  }
}
const made = (kpi: string, wide: boolean, more: Partial<Figure> = {}): Figure =>
  figure(sampleOf(kpi, wide), {
    plan: sampleOf(kpi, wide) * 1.1,
    ...(wide ? { tier: 'orange' as const } : {}),
    ...more,
  });

/** Puts figures and rows for all views into the sale, from the views' own lists. */
export function fillViews(sale: Sale, wide: boolean): void {
  const rows: Record<string, FrameRow[]> = {};
  const { campaign } = sale;
  for (const spec of Object.values(VIEW_SPECS)) {
    for (const { kpi, window } of spec.figures) {
      const key = `${kpi}@${window}`;
      if (wide || !(key in sale.figures)) sale.figures[key] = made(kpi, wide);
    }
    for (const list of spec.rows) {
      const ids =
        list.from === 'services'
          ? campaign.services.map(({ id }) => id)
          : list.from === 'heroItems'
            ? campaign.items.map(({ sku }) => sku)
            : (campaign.dimensions[list.from] ?? []).map(({ id }) => id);
      rows[list.name] = ids.map((id) => ({
        id,
        figures: Object.fromEntries(list.figures.map(({ kpi, window }) => [`${kpi}@${window}`, made(kpi, wide)])),
      }));
    }
  }
  sale.rows = rows;
}
