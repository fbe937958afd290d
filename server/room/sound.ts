import type { Redis } from 'ioredis';
import { actorOf } from '#contract/permissions';
import { DEFAULT_ROOM, type FrameSound, type Speaker } from '#contract/room';
import { commandOutcome, IDEMPOTENCY_KEEP_MS, command as idempotent } from '../store/idempotency.ts';
import { coreKey } from '../store/keys.ts';
import { loadScript, runScript } from '../store/scripts.ts';
import { timelineArgs, timelineKeyList, timelineKeys } from '../store/timeline.ts';
import type { IncidentAsk } from './incidents.ts';
import type { Log } from './log.ts';

/** A speaker that no node renews is replaced after this long, ms. */
export const SPEAKER_TTL_MS = 5_000;
const EVERY_MS = 1_000;
const MINUTE_MS = 60_000;
/** Rooms one frame carries. */
const ROOMS_MAX = 16;
const electScript = loadScript('elect-speaker-1');
const muteScript = loadScript('mute-sound-5');

/** A screen of this node whose sound is on. */
export interface Voice extends Speaker {
  readonly room: string;
}
export interface SoundDeps {
  readonly redis: Redis;
  readonly prefix: string;
  readonly instance: string;
  /** Redis time, ms. */
  readonly nowMs: () => number;
  /** Screens of this node that may be heard, the longest connected first. */
  readonly voices: () => readonly Voice[];
  readonly log: Log;
}
interface Mute {
  readonly untilMs: number;
  readonly by: string;
}
const textOf = ({ screenId, voice }: Speaker): string => JSON.stringify({ screenId, voice });

/** One speaker a room, over all nodes, and the mute that holds for all of them. */
export function createRoomSound({ redis, prefix, instance, nowMs, voices, log }: SoundDeps) {
  const speakersKey = coreKey(prefix, instance, 'sound:speakers');
  const muteKey = coreKey(prefix, instance, 'sound:mute');
  /** Speakers that this node renews. */
  const mine = new Map<string, Speaker>();
  let speakers: FrameSound['speakers'] = {};
  let muted: Mute | null = null;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let failing = false;

  const elect = async (room: string, speaker: Speaker, what: 'keep' | 'leave'): Promise<boolean> =>
    (await runScript(redis, electScript, [speakersKey], [room, textOf(speaker), SPEAKER_TTL_MS, what])) === 1;

  /** Renews the speakers of this node, takes over rooms whose speaker is gone, and reads what the others have. */
  async function look(): Promise<void> {
    const here = voices();
    for (const [room, speaker] of mine) {
      if (here.some((voice) => voice.room === room && voice.voice === speaker.voice)) continue;
      mine.delete(room);
      await elect(room, speaker, 'leave');
    }
    for (const room of new Set(here.map((voice) => voice.room))) {
      const speaker = mine.get(room) ?? here.find((voice) => voice.room === room);
      if (speaker === undefined) continue;
      if (await elect(room, speaker, 'keep')) mine.set(room, { screenId: speaker.screenId, voice: speaker.voice });
      else mine.delete(room);
    }
    const [all, text] = await Promise.all([redis.hgetall(speakersKey), redis.get(muteKey)]);
    const valid = Object.entries(all).filter(
      ([room]) => !room.endsWith('|until') && Number(all[`${room}|until`]) > nowMs(),
    );
    speakers = Object.fromEntries(valid.slice(0, ROOMS_MAX).map(([room, speaker]) => [room, JSON.parse(speaker)]));
    muted = text === null ? null : (JSON.parse(text) as Mute);
  }
  /** Looks never overlap: a slow store does not make two of them. */
  const again = (): Promise<void> => {
    looking = looking.then(look).then(
      () => {
        failing = false;
      },
      (error: unknown) => {
        if (!failing) log.warn({ err: error }, 'speakers cannot be elected; the last ones stay until they lapse');
        failing = true;
      },
    );
    return looking;
  };

  return {
    /** One look, also for tests. */
    look: again,
    shown(): FrameSound {
      const holds = muted !== null && muted.untilMs > nowMs() ? muted : null;
      return { speakers, mutedUntil: holds?.untilMs ?? null, mutedBy: holds?.by ?? null };
    },
    /**
     * @param minutes - 0 ends a mute
     * @throws {AppError} `idempotency_body_mismatch`
     */
    async mute(minutes: number, { by, key, requestId }: IncidentAsk) {
      const asked = idempotent(prefix, instance, { principal: by, route: 'sound.mute', key, asked: { minutes } });
      const mute: Mute = { untilMs: nowMs() + minutes * MINUTE_MS, by: by.name };
      const [body, epoch] = timelineArgs({
        kind: minutes === 0 ? 'sound.unmuted' : 'sound.muted',
        actor: actorOf(by),
        params: minutes === 0 ? {} : { minutes, until: mute.untilMs },
        requestId,
      });
      const reply = await runScript(
        redis,
        muteScript,
        [muteKey, ...timelineKeyList(timelineKeys(prefix, instance)), asked.redisKey],
        [
          minutes === 0 ? '' : JSON.stringify(mute),
          Math.max(1, minutes * MINUTE_MS),
          body,
          epoch,
          asked.print,
          IDEMPOTENCY_KEEP_MS,
        ],
      );
      const outcome = commandOutcome(reply);
      await again();
      const kept = outcome.reply === '' ? null : (JSON.parse(outcome.reply) as Mute);
      return { mutedUntil: kept?.untilMs ?? null, replayed: outcome.replayed };
    },
    async start(): Promise<void> {
      await again();
      timer = setInterval(() => void again(), EVERY_MS);
    },
    async stop(): Promise<void> {
      if (timer !== null) clearInterval(timer);
      await looking;
      for (const [room, speaker] of mine) await elect(room, speaker, 'leave').catch(() => false);
      mine.clear();
    },
  };
}
export type RoomSound = ReturnType<typeof createRoomSound>;

/** Screens that may be heard, of all that a node has. */
export const voicesOf = (
  screens: readonly {
    readonly screenId: string;
    readonly room?: string;
    readonly voice?: string;
    readonly connectedAtMs: number;
  }[],
): Voice[] =>
  screens
    .filter((screen): screen is typeof screen & { voice: string } => screen.voice !== undefined)
    .sort((a, b) => a.connectedAtMs - b.connectedAtMs)
    .map(({ screenId, room = DEFAULT_ROOM, voice }) => ({ screenId, room, voice }));
