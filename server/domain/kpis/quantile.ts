import type { CampaignFile } from '#contract/campaign';
import { EDGES_MS } from '#contract/events';
import { storedCell } from './cells.ts';
import { cellName, type KpiInput, type KpiResult, type Labels } from './types.ts';

/**
 * Value below which `share` of the counts lie, interpolated linearly inside its bin; null without counts. The last bin
 * also holds all that is longer, so there the answer is its edge: "at least".
 * @param bins - count of each published edge's bin, not cumulative
 */
export function quantileOfBins(bins: readonly number[], share: number): number | null {
  const total = bins.reduce((a, b) => a + b, 0);
  if (total === 0) return null;
  const rank = share * total;
  let below = 0;
  for (let i = 0; i < bins.length; i += 1) {
    const count = bins[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const from = EDGES_MS[i - 1] ?? 0;
      const to = EDGES_MS[i] ?? from;
      return i === EDGES_MS.length - 1 ? to : from + ((to - from) * (rank - below)) / count;
    }
    below += count;
  }
  return EDGES_MS.at(-1) ?? null;
}

/** Cells that together hold a histogram: its total, or all values of its first breakdown when only that is stored. */
function histogramCells(file: CampaignFile, metric: string, labels: Labels): string[] | null {
  if (Object.keys(labels).length > 0) {
    const cell = storedCell(file, metric, labels);
    return cell === null ? null : [cell];
  }
  const breakdown = file.breakdowns[metric]?.[0];
  if (breakdown === undefined) return [metric];
  let names = [metric];
  for (const dimension of breakdown) {
    const ids = [...(file.dimensions[dimension] ?? []).map(({ id }) => id).filter((id) => id !== 'other'), 'other'];
    names = names.flatMap((name) => ids.map((id) => `${name}|${dimension}=${id}`));
  }
  return names;
}

/** A quantile of a stored histogram over the span; numerator is the rank, denominator the count. */
export function quantile({ campaign, read, span, labels }: KpiInput, metric: string, share: number): KpiResult {
  const cells = histogramCells(campaign.file, metric, labels);
  if (cells === null) {
    return {
      value: null,
      numerator: null,
      denominator: null,
      missing: `${metric} by ${Object.keys(labels).join(', ')}`,
    };
  }
  const bins = EDGES_MS.map((edge) => {
    let count = 0;
    for (const cell of cells) count += read.sum(cellName(cell, { le: String(edge) }), span);
    return count;
  });
  const count = bins.reduce((a, b) => a + b, 0);
  return { value: quantileOfBins(bins, share), numerator: share * count, denominator: count, estimate: true };
}
