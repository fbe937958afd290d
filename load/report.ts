import type { DriveResult } from './drive.ts';
import type { Verdict } from './oracle/check.ts';
import type { Expected } from './oracle/fold.ts';
import type { RunResult } from './run.ts';

const DIFFERENCES_SHOWN = 12;
const number = (value: number): string => Math.round(value).toLocaleString('en');
const sumOf = <T>(list: readonly T[], pick: (item: T) => number): number =>
  list.reduce((sum, item) => sum + pick(item), 0);

export interface Report {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** What a run showed, in words and numbers; `ok` only when nothing was lost, doubled, misjudged or left open. */
export function reportOf({ drives, expected, verdict, kpis, elapsedMs }: RunResult): Report {
  const lines: string[] = [];
  const row = (title: string, value: string): void => void lines.push(`  ${title.padEnd(12)}${value}`);
  const total = (pick: (drive: DriveResult) => number): number => sumOf(drives, pick);
  const sent = total(({ totals }) => totals.sentCount);
  row('sent', `${number(sent)} items in ${(elapsedMs / 1_000).toFixed(1)} s, ${number((sent / elapsedMs) * 1_000)}/s`);
  row('accepted', number(total(({ totals }) => totals.acceptedCount)));
  row('duplicates', number(total(({ totals }) => totals.duplicateCount)));
  row('rejected', number(total(({ totals }) => totals.rejectedCount)));
  row('lost', number(verdict.lostCount));
  row('doubled', number(verdict.doubledCount));
  row('ack', ackOf(drives));
  const unknown = total(({ totals }) => totals.unknownCount);
  if (unknown > 0)
    row('retried', `${number(unknown)} attempts without a definite answer, each sent again until it had one`);
  const faults = [...faultsOf(drives, expected, verdict), ...(kpis?.faults.slice(0, DIFFERENCES_SHOWN) ?? [])];
  const compared = `${number(verdict.comparedCount)} values of ${verdict.lineCount} lines at ${verdict.steps.join(', ')}`;
  row(
    'compared',
    `${compared}: ${verdict.differences.length === 0 ? 'all equal' : `${number(verdict.differences.length)} differ`}`,
  );
  if (kpis !== null) {
    const judged = kpis.faults.length === 0 ? 'all equal' : `${number(kpis.faults.length)} differ`;
    row('kpis', `${number(kpis.comparedCount)} numerators, denominators and registers: ${judged}`);
  }
  for (const fault of faults) lines.push(`  ✗ ${fault}`);
  return { ok: faults.length === 0, lines };
}

function ackOf(drives: readonly DriveResult[]): string {
  const ms = (us: number): string => (us / 1_000).toFixed(us < 10_000 ? 1 : 0);
  return drives
    .map(({ ackUs }) => `p50 ${ms(ackUs.getValueAtPercentile(50))} ms, p99 ${ms(ackUs.getValueAtPercentile(99))} ms`)
    .join(' · ');
}

/** Everything that makes a run fail. */
export function faultsOf(drives: readonly DriveResult[], expected: readonly Expected[], verdict: Verdict): string[] {
  const faults: string[] = [];
  for (const { errors, surprises, surpriseCount } of drives) {
    faults.push(...errors, ...surprises);
    if (surpriseCount > surprises.length)
      faults.push(`… and ${surpriseCount - surprises.length} answers more like these`);
  }
  drives.forEach(({ totals }, index) => {
    const { eventCount = 0, brokenCount = 0 } = expected[index] ?? {};
    // An attempt whose answer was lost may have been the one that counted; its retry then answers duplicates.
    const exact = totals.unknownCount === 0;
    if (exact ? totals.acceptedCount !== eventCount : totals.acceptedCount > eventCount) {
      faults.push(
        `answers say ${number(totals.acceptedCount)} accepted, the acked bodies hold ${number(eventCount)} events`,
      );
    }
    if (totals.rejectedCount < brokenCount) {
      faults.push(
        `answers say ${number(totals.rejectedCount)} rejected, the acked bodies hold ${number(brokenCount)} broken items`,
      );
    }
    if (totals.sentCount !== totals.acceptedCount + totals.duplicateCount + totals.rejectedCount) {
      faults.push('sent is not accepted + duplicates + rejected');
    }
  });
  for (const { cell, step, atMs, expected: want, actual } of verdict.differences.slice(0, DIFFERENCES_SHOWN)) {
    faults.push(`${cell} at ${new Date(atMs).toISOString()} (${step}): shown ${actual}, expected ${want}`);
  }
  if (verdict.comparedCount === 0) faults.push('nothing was compared');
  return faults;
}
