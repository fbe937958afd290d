import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { PlatformReading } from '#contract/platforms';
import type { DayReport } from '../simulate/ads.ts';
import type { Platform } from './platform.ts';

/** What a platform knows of a campaign, kept in a file so that it outlives its process. */
interface Kept {
  readonly campaign: string;
  readonly objects: readonly { readonly reading: PlatformReading; readonly day: string }[];
  readonly reports: Readonly<Record<string, DayReport>>;
}

export function keep(file: string, campaign: string, platform: Platform, reports: Kept['reports']): void {
  const objects = [...platform.objects.values()].map(({ reading, day }) => ({ reading, day }));
  const kept: Kept = { campaign, objects, reports };
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Puts back what was kept of this very campaign. @returns the day reports, null when there is nothing */
export function restore(file: string, campaign: string, platform: Platform): Kept['reports'] | null {
  let kept: Kept;
  try {
    kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch {
    return null; // the first start
  }
  if (kept.campaign !== campaign) return null;
  for (const { reading, day } of kept.objects) platform.objects.get(reading.objectId)?.restore(reading, day);
  return kept.reports;
}
