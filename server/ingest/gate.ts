import { statfs } from 'node:fs/promises';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import { type Bucket, chargeQuota, quotaWaitMs } from '../people/domain/quota.ts';

/** Quotas of ingest keys on this node, asked before a body is parsed. */
export class QuotaGate {
  private readonly buckets = new Map<string, Bucket>();

  /** @throws {AppError} `quota_exceeded` */
  admit(principal: Principal): void {
    if (principal.kind !== 'key' || principal.quotaPerSecond === null) return;
    const waitMs = quotaWaitMs(this.buckets.get(principal.id) ?? null, principal.quotaPerSecond, performance.now());
    if (waitMs > 0) {
      throw new AppError(
        'quota_exceeded',
        `the key ${principal.name} may send ${principal.quotaPerSecond} events a second; wait and send the body again`,
        {
          retryAfterS: Math.ceil(waitMs / 1_000),
        },
      );
    }
  }

  charge(principal: Principal, eventCount: number): void {
    if (principal.kind !== 'key' || principal.quotaPerSecond === null) return;
    const bucket = chargeQuota(
      this.buckets.get(principal.id) ?? null,
      principal.quotaPerSecond,
      eventCount,
      performance.now(),
    );
    this.buckets.set(principal.id, bucket);
  }
}

const DISK_MIN_BYTES = 256 * 1_024 * 1_024;
const DISK_EVERY_MS = 5_000;

/** Stops writes before the disk is full: Redis ends itself when it cannot write its log. */
export class DiskGuard {
  private low = false;
  private timer: NodeJS.Timeout | null = null;
  private readonly folder: string;
  private readonly minBytes: number;
  constructor(folder: string, minBytes: number = DISK_MIN_BYTES) {
    this.folder = folder;
    this.minBytes = minBytes;
  }

  async start(): Promise<void> {
    await this.look();
    this.timer = setInterval(() => void this.look(), DISK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  get isLow(): boolean {
    return this.low;
  }

  /** @throws {AppError} `disk_low` */
  check(): void {
    if (this.low)
      throw new AppError('disk_low', 'less than 256 MiB of disk are free where the data is; free some space', {
        retryAfterS: 5,
      });
  }

  private async look(): Promise<void> {
    try {
      const { bavail, bsize } = await statfs(this.folder);
      this.low = bavail * bsize < this.minBytes;
    } catch {
      this.low = false; // no folder to look at: the store is elsewhere, and says so itself
    }
  }
}
