import type { CampaignFile, MinuteCurve } from '#contract/campaign';

/** A campaign as it runs: the file, scaled to the demo's rate, with its offsets turned into times. */
export interface Campaign {
  /** Instance id, part of every Redis key: `double11-20261111T000000`. */
  readonly instance: string;
  readonly file: CampaignFile;
  readonly opensAtMs: number;
  readonly closesAtMs: number;
  /** Targets, plans and stock are multiplied by this; 1 = the file's own numbers. */
  readonly scale: number;
  readonly targets: Readonly<Record<string, number>>;
  /** One value a minute from `fromMinute`, by cell name (`gmv_paid_minor`). */
  readonly plans: Readonly<Record<string, MinuteCurve>>;
  readonly lastYear: Readonly<Record<string, MinuteCurve>>;
}
