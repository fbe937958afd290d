import { useMemo } from 'react';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { type MinuteLine, minuteLine } from './minute-line.ts';

export const GMV_LINE = 'gmv_paid_minor@1m';

/** GMV a minute as drawn by the spark, the curve and the peak; one second is often enough. */
export function useMinuteLine(): MinuteLine {
  const held = usePaced((state) => state.lines[GMV_LINE], PACE_MS.chart);
  const frame = usePaced((state) => state.frame, PACE_MS.chart);
  const tip = frame?.figures['gmv_paid@1m']?.value ?? null;
  const watermark = frame?.watermark ?? null;
  return useMemo(() => minuteLine(held ?? [], watermark, tip), [held, watermark, tip]);
}
