import { coreKey } from '../store/keys.ts';
import { loadScript, runScript, type ScriptRunner } from '../store/scripts.ts';

/** A claim that one node holds at a time and renews each tick; lost `ttlMs` after the last renewal. */
export interface HeldClaim {
  /** Takes or renews it. Call it each tick. A throw (Redis away) changes nothing: the claim lapses by itself. */
  renew(): Promise<boolean>;
  /**
   * As `renew`, for work that must not wait for the store: while more than half of the claim's time is left it is renewed beside
   * the work, five times in its life, and the answer is known at once.
   */
  keep(): Promise<boolean>;
  /**
   * Whether this node may act now, by its monotonic clock counted from *before* the last renewal was sent, so that a node
   * that was frozen finds out before it does anything. What it writes to Redis is fenced by `version` besides.
   */
  isHeld(): boolean;
  /** Fencing version of the claim while held; pass it to scripts with `includes/held-claim.lua`. */
  readonly version: string;
  readonly holder: string;
  release(): Promise<void>;
}
export interface HeldClaimOptions {
  readonly redis: ScriptRunner;
  readonly prefix: string;
  readonly instance: string;
  /** Names the work: `recorder`, `rules`. */
  readonly name: string;
  readonly nodeId: string;
  /** ms; 3,000. */
  readonly ttlMs?: number;
  /** Monotonic ms; for tests. */
  readonly monotonicMs?: () => number;
}

export const claimKey = (prefix: string, instance: string, name: string): string =>
  coreKey(prefix, instance, `claim:${name}`);
const holdScript = loadScript('hold-claim-1');
const releaseScript = loadScript('release-claim-1');

export function createHeldClaim(options: HeldClaimOptions): HeldClaim {
  const { redis, prefix, instance, name, nodeId, ttlMs = 3_000, monotonicMs = () => performance.now() } = options;
  const key = claimKey(prefix, instance, name);
  let version = '0';
  let heldUntilMs = Number.NEGATIVE_INFINITY;
  let renewing = false;

  async function renew(): Promise<boolean> {
    const sentAtMs = monotonicMs();
    const reply = (await runScript(redis, holdScript, [key], [nodeId, ttlMs])) as [number, string];
    const held = reply[0] === 1;
    if (held) version = reply[1];
    heldUntilMs = held ? sentAtMs + ttlMs : Number.NEGATIVE_INFINITY;
    return held;
  }
  function renewBeside(): void {
    if (renewing) return;
    renewing = true;
    void renew()
      .catch(() => undefined) // Redis is away: the claim lapses, and before that somebody waits for it
      .finally(() => {
        renewing = false;
      });
  }
  return {
    holder: nodeId,
    get version() {
      return version;
    },
    isHeld: () => monotonicMs() < heldUntilMs,
    renew,
    async keep() {
      const leftMs = heldUntilMs - monotonicMs();
      if (leftMs < ttlMs / 2) return renew();
      if (leftMs < 0.8 * ttlMs) renewBeside();
      return true;
    },
    async release() {
      heldUntilMs = Number.NEGATIVE_INFINITY;
      await runScript(redis, releaseScript, [key], [nodeId, version]);
    },
  };
}
