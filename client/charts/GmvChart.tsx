import { type ReactElement, useMemo } from 'react';
import { currencySymbol } from '../numbers/format.ts';
import { heldScale } from '../numbers/shared-scale.ts';
import { minuteTime } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import type { FigureFreshness } from '../state/freshness.ts';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { COLOURS } from '../styles/colours.ts';
import { gmvOption } from './gmv-option.ts';
import { curvePoints, curveSpan, type MinuteLine, thin } from './minute-line.ts';
import { useChart } from './use-chart.ts';
import { useWallUnit } from './use-wall-unit.ts';

const MARKS = 2;

export interface GmvChartProps {
  readonly line: MinuteLine;
  readonly freshness: FigureFreshness;
  readonly label: string;
}

export default function GmvChart({ line, freshness, label }: GmvChartProps): ReactElement {
  const campaign = useConsole((state) => state.campaign);
  const lang = useConsole((state) => state.lang);
  const entries = usePaced((state) => state.timeline.entries, PACE_MS.chart);
  const minute = usePaced((state) => Math.floor((state.frame?.serverMs ?? 0) / 60_000), PACE_MS.chart);
  const theme = useConsole((state) => state.theme);
  const unitPx = useWallUnit();
  const { trusted } = freshness;
  const [option, unit] = useMemo(() => {
    const zone = campaign?.timeZone ?? 'Asia/Shanghai';
    const opensAt = campaign?.opensAt ?? minute * 60_000;
    const span = curveSpan(opensAt, minute * 60_000);
    const minorPerMajor = campaign?.minorPerMajor ?? 100;
    const plan = curvePoints(campaign?.plans.gmv_paid_minor, opensAt, span);
    const highest = Math.max(0, ...[...line.points, ...plan].map(([, value]) => value ?? 0)) / minorPerMajor;
    const changes = entries.filter(({ kind }) => kind === 'change.recorded').slice(-MARKS);
    const scale = heldScale('gmv-minute', highest, lang);
    const made = (widthPx: number) =>
      gmvOption({
        widthPx,
        actual: thin(line.points, 600),
        plan,
        lastYear: curvePoints(campaign?.lastYear.gmv_paid_minor, opensAt, span),
        ...span,
        marks: changes.map((entry) => ({
          atMs: entry.atMs,
          words: `${minuteTime(entry.atMs, zone)} ${String(entry.params.title ?? '')}`,
        })),
        trusted,
        scale,
        minorPerMajor,
        symbol: currencySymbol(campaign?.currency ?? 'CNY'),
        lang,
        timeZone: zone,
        colours: COLOURS[theme],
        textPx: unitPx * 3.2,
      });
    return [made, scale.suffix] as const;
  }, [campaign, lang, entries, minute, unitPx, trusted, line, theme]);
  const host = useChart(option);
  return <div ref={host} className="chart" role="img" aria-label={label} data-testid="gmv-chart" data-unit={unit} />;
}
