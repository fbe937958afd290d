import { statfs } from 'node:fs/promises';
import { AppError } from '#contract/errors';
import type { Principal } from '#contract/permissions';
import { limit } from '../limits.ts';
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

/**
 * Bytes of bodies that are being read or counted. More than a node can work off soon is refused before it is read: that is
 * quicker for the sender than waiting, and keeps the memory flat. One key gets half, so that it cannot shut out the others.
 */
export class BodyGate {
  private heldBytes = 0;
  private readonly byKey = new Map<string, number>();

  /**
   * @param bytes - what the body may be at most
   * @returns gives the bytes back; to be called once
   * @throws {AppError} `overloaded`
   */
  admit(principal: Principal, bytes: number): () => void {
    const mine = this.byKey.get(principal.id) ?? 0;
    const max = limit('ingestBytes');
    if (this.heldBytes + bytes > max || (mine > 0 && mine + bytes > max / 2)) {
      throw new AppError('overloaded', 'more bodies are on their way than this node can take; send this one again', {
        retryAfterS: 1,
      });
    }
    this.heldBytes += bytes;
    this.byKey.set(principal.id, mine + bytes);
    return () => {
      this.heldBytes -= bytes;
      const left = (this.byKey.get(principal.id) ?? 0) - bytes;
      if (left > 0) this.byKey.set(principal.id, left);
      else this.byKey.delete(principal.id);
    };
  }
}

const DISK_MIN_BYTES = 256 * 1_024 * 1_024;
const DISK_EVERY_MS = 5_000;

/** Stops writes before the disk is full: Redis ends itself when it cannot write its log. */
export class DiskGuard {
  private low = false;
  private used: number | null = null;
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

  /** Part of the disk that is used, 0–1; null when there is none to look at. */
  get usedRatio(): number | null {
    return this.used;
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
      const { bavail, bsize, blocks } = await statfs(this.folder);
      this.used = blocks === 0 ? null : 1 - bavail / blocks;
      this.low = bavail * bsize < this.minBytes;
    } catch {
      this.used = null;
      this.low = false; // no folder to look at: the store is elsewhere, and says so itself
    }
  }
}
