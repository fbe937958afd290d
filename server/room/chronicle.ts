import { coreKey } from '../store/keys.ts';
import { loadScript, runScript, type ScriptRunner } from '../store/scripts.ts';
import { appendEntry, timelineArgs, timelineKeyList, timelineKeys } from '../store/timeline.ts';
import { type CampaignTimes, type Change, changesAt, type HeardSource } from './domain/changes.ts';
import type { Log } from './log.ts';

export interface ChronicleOptions {
  readonly redis: ScriptRunner;
  readonly prefix: string;
  readonly instance: string;
  readonly nodeId: string;
  readonly build: string;
  readonly log: Log;
  readonly campaign: CampaignTimes;
  readonly sources: () => readonly HeardSource[];
  readonly redisNowMs: () => number;
  /** False while the windows are loading or cannot be read: then everybody looks silent. */
  readonly canTell: () => boolean;
}
/** Tells the timeline what nobody does: phases, the opening, sources that fall silent, nodes that come and go. */
export interface Chronicle {
  start(): Promise<void>;
  /** One look; returns the entries it wrote. */
  look(): Promise<number>;
  stop(): Promise<void>;
}

const LOOK_MS = 1_000;
/** After a start or an outage sources have this long to be heard again, ms. */
const GRACE_MS = 10_000;
/** Entries of one look; the rest follow, so that a thousand silent sources do not push everything else off the screen. */
const TELL_MAX = 5;
const script = loadScript('append-change-4');

export function createChronicle(options: ChronicleOptions): Chronicle {
  const { redis, prefix, instance, nodeId, build, log, campaign, sources, redisNowMs, canTell } = options;
  const keys = timelineKeys(prefix, instance);
  const toldKey = coreKey(prefix, instance, 'told');
  /** Highest rank this node knows to be told, or found not worth telling; saves asking Redis each second. */
  const known = new Map<string, number>();
  /** Subjects with an odd rank told: only these can end. */
  const begun = new Set<string>();
  let announced = false;
  let quietUntilMs = performance.now() + GRACE_MS;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<unknown> = Promise.resolve();

  async function tell({ subject, rank, afterOdd, kind, params }: Change): Promise<boolean> {
    const entry = timelineArgs({ kind, actor: { kind: 'system', id: nodeId }, params });
    const args = [...entry, subject, rank, afterOdd ? 'after-odd' : 'always'];
    const reply = await runScript(redis, script, [...timelineKeyList(keys), toldKey], args);
    known.set(subject, rank);
    if (rank % 2 === 1) begun.add(subject);
    else begun.delete(subject);
    return reply !== 0;
  }
  /** An end is asked for once at first (another node may have told the beginning), then only after a beginning. */
  const worthAsking = ({ subject, rank, afterOdd }: Change): boolean =>
    rank > (known.get(subject) ?? 0) && (!afterOdd || begun.has(subject) || !known.has(subject));

  async function look(): Promise<number> {
    if (!canTell()) {
      quietUntilMs = performance.now() + GRACE_MS;
      return 0;
    }
    const quiet = performance.now() < quietUntilMs;
    const changes = changesAt(campaign, sources(), redisNowMs()).filter(
      ({ subject }) => !quiet || !subject.startsWith('source:'),
    );
    let written = 0;
    for (const change of changes) {
      if (written >= TELL_MAX) break;
      if (worthAsking(change) && (await tell(change))) written += 1;
    }
    return written;
  }
  const aboutNode = (kind: 'node.started' | 'node.stopping'): Promise<unknown> =>
    appendEntry(redis, keys, { kind, actor: { kind: 'system', id: nodeId }, params: { node: nodeId, build } }).catch(
      (error: unknown) => log.warn({ err: error }, 'the timeline could not be told of this node'),
    );

  return {
    look,
    async start() {
      if (!announced) await aboutNode('node.started');
      announced = true;
      timer = setInterval(() => {
        looking = look().catch((error: unknown) =>
          log.warn({ err: error }, 'the timeline could not be told of a change'),
        );
      }, LOOK_MS);
    },
    async stop() {
      if (timer === null) return;
      clearInterval(timer);
      timer = null;
      await looking;
      await aboutNode('node.stopping');
    },
  };
}
