import type { Redis } from 'ioredis';
import type { Outbound } from '../outbound/send.ts';
import { coreKey } from '../store/keys.ts';
import type { DueWork } from './due.ts';
import type { Log } from './log.ts';

/** Due item of the canary; one an instance. */
export const WATCHDOG_DUE = 'watchdog.beat';
/** How often the whole way is proved, and how soon it is tried again when it failed, ms. */
export const BEAT_EVERY_MS = 60_000;
export const BEAT_AGAIN_MS = 10_000;
/** Rules that were last evaluated longer ago are not evaluated, ms. */
export const EVALUATED_MOST_MS = 30_000;
/** Messages are looked for several times a second; a node that has not for so long sends none, ms. */
const SENDS_MOST_MS = 30_000;
const POLL_MS = 2_000;

export interface WatchdogDeps {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  readonly due: Pick<DueWork, 'register' | 'schedule'>;
  readonly outbound: Pick<Outbound, 'send'>;
  /** Told of each verified beat; null: nobody outside listens. */
  readonly pingUrl: string | null;
  /** ms since rules were last evaluated by any node; null before the first time. */
  readonly evaluatedAgoMs: () => number | null;
  /** ms since this node last looked for messages to send. */
  readonly deliveriesAgoMs: () => number;
  /** The alert that always fires is there and fires. */
  readonly canaryFires: () => boolean;
  readonly log: Log;
}

/**
 * The alarm about the alarm. Each minute the canary goes the whole way: rules are evaluated, the alert that always fires stands
 * in the store and fires, due work is claimed (this very item), and messages are looked for to be sent. Only then alerting is
 * verified, and a message leaves the house.
 */
export function createWatchdog(deps: WatchdogDeps) {
  const { redis, prefix, instance, nowMs, due, outbound, pingUrl, log } = deps;
  const key = coreKey(prefix, instance, 'watchdog:verified');
  const startedAtMs = nowMs();
  let verifiedAtMs: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failing = false;
  let pingFailing = false;

  function problem(): string | null {
    const agoMs = deps.evaluatedAgoMs();
    if (agoMs === null || agoMs > EVALUATED_MOST_MS) return 'rules are not evaluated';
    if (!deps.canaryFires()) return 'the alert that always fires does not';
    return deps.deliveriesAgoMs() > SENDS_MOST_MS ? 'nobody looks for messages to send' : null;
  }
  async function ping(url: string, atMs: number): Promise<void> {
    const sent = await outbound.send({ url, id: `watchdog-${atMs}`, method: 'GET', body: '' });
    if (sent.kind === 'failed' && !pingFailing)
      log.warn({ reason: sent.reason }, `the outside ping failed: ${sent.message}`);
    pingFailing = sent.kind === 'failed';
  }
  /** One beat. What does not reach the outside is for the outside to notice: it screams when the pings stop. */
  async function beat(): Promise<boolean> {
    const why = problem();
    if (why !== null) {
      if (!failing) log.error({ code: 'alerting_unverified', why }, 'alerting cannot be verified');
      failing = true;
      return false;
    }
    failing = false;
    const atMs = nowMs();
    await redis.set(key, String(atMs));
    verifiedAtMs = atMs;
    if (pingUrl !== null) await ping(pingUrl, atMs);
    return true;
  }
  const poll = async (): Promise<void> => {
    const text = await redis.get(key).catch(() => null);
    if (text !== null) verifiedAtMs = Number(text);
  };
  due.register(WATCHDOG_DUE, async () => ({ kind: 'again', inMs: (await beat()) ? BEAT_EVERY_MS : BEAT_AGAIN_MS }));

  return {
    beat,
    /** ms since alerting was last verified by any node; a node that has just started counts from then. */
    agoMs: (): number => Math.max(0, nowMs() - Math.max(verifiedAtMs ?? 0, startedAtMs)),
    async start(): Promise<void> {
      await poll();
      await due.schedule(WATCHDOG_DUE, 'canary', { inMs: 1_000 });
      timer = setInterval(() => void poll(), POLL_MS);
    },
    stop(): void {
      if (timer !== null) clearInterval(timer);
    },
  };
}
export type Watchdog = ReturnType<typeof createWatchdog>;
