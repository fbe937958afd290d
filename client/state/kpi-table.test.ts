import { describe, expect, it } from 'vitest';
import { KPIS } from '../../server/domain/kpis/index.ts';
import { VIEW_SPECS } from '../../server/realtime/domain/views.ts';
import { KPI_FACTS } from './kpi-table.ts';

describe('what the client knows of KPIs', () => {
  it('[UI50] each row agrees with the catalogue', () => {
    for (const [id, facts] of Object.entries(KPI_FACTS)) {
      const meta = KPIS.get(id);
      expect(meta, id).toBeDefined();
      expect({ ...facts, feeds: [...facts.feeds].sort() }, id).toEqual({
        unit: meta?.unit,
        better: meta?.better,
        zh: meta?.zh,
        en: meta?.en,
        feeds: [...(meta?.feeds ?? [])].sort(),
      });
    }
  });
  it('[UI50] every KPI of a view has a row', () => {
    const used = Object.values(VIEW_SPECS).flatMap(({ figures, rows }) => [
      ...figures.map(({ kpi }) => kpi),
      ...rows.flatMap((row) => row.figures.map(({ kpi }) => kpi)),
    ]);
    expect([...new Set(used)].filter((kpi) => !(kpi in KPI_FACTS))).toEqual([]);
  });
});
