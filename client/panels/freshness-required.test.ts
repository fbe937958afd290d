import { describe, expect, it } from 'vitest';
import type { FigureNumberProps } from './FigureNumber.tsx';
import type { PanelProps } from './Panel.tsx';

describe('a number cannot be drawn without its freshness', () => {
  it('[UI52] tsc refuses a panel or a number without one, and a freshness that nobody derived', () => {
    const props: Omit<FigureNumberProps, 'freshness'> = {
      figureKey: 'gmv_paid@open',
      label: 'x',
      value: 1,
      format: () => ({ prefix: '', digits: '1', suffix: '', exact: '1' }),
      size: 'kpi',
    };
    const handMade = { state: 'live', ageMs: 0, trusted: true } as const;
    // @ts-expect-error freshness is missing
    const without: FigureNumberProps = props;
    // @ts-expect-error freshness is missing
    const panel: PanelProps = { id: 'a', title: 'b', children: null };
    // @ts-expect-error made by hand, not by figureFreshness
    const faked: FigureNumberProps = { ...props, freshness: handMade };
    expect([without, panel, faked]).toHaveLength(3);
  });
});
