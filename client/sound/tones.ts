import { LINK_OFFLINE_MS } from '#contract/freshness';

/** One beep: pitch, when it begins after the first, how long it lasts. */
export interface Beep {
  readonly hz: number;
  readonly fromMs: number;
  readonly forMs: number;
}
export type ToneName = 'red' | 'orange' | 'offline';

const BEEP_MS = 180;
const PAIR_MS = 450;
/** Red: 880 and 660 Hz three times, no beep above 200 ms, over in less than 3 s (WCAG 1.4.2). Yellow and below make no sound. */
export const TONES: Readonly<Record<ToneName, readonly Beep[]>> = {
  red: [0, 1, 2].flatMap((turn) => [
    { hz: 880, fromMs: turn * PAIR_MS, forMs: BEEP_MS },
    { hz: 660, fromMs: turn * PAIR_MS + BEEP_MS + 20, forMs: BEEP_MS },
  ]),
  orange: [{ hz: 660, fromMs: 0, forMs: 200 }],
  offline: [{ hz: 220, fromMs: 0, forMs: 600 }],
};
/** Red sounds again so often until somebody takes it, ms. */
export const RED_EVERY_MS = 20_000;
/** Two tones never come closer, ms: the longest is over by then. */
const APART_MS = 3_000;
/** A page so soon after a tone is about what has just sounded, ms: the alert is here before its first page is sent. */
const PAGE_HEARD_MS = 5_000;

/** An alert that slips from the list of the most urgent and comes back is no news: so many are remembered. */
const TOLD_COUNT = 500;

/** What the screen hears and is allowed. */
export interface SoundInput {
  /** A red alert that nobody has taken; null when there is none. */
  readonly redId: string | null;
  /** Orange alerts that nobody has taken. */
  readonly orangeIds: readonly string[];
  /** Alerts that somebody has: once they are given back or wear off, they are news again. */
  readonly takenIds: readonly string[];
  /** The newest page that was sent to the screens themselves (receiver `sound`), and the alert it is about; null before the first. */
  readonly page: { readonly id: string; readonly alertId: string; readonly red: boolean } | null;
  /** The server elected this screen to speak for its room. */
  readonly speaking: boolean;
  readonly muted: boolean;
  /** ms since anything was heard of the server. */
  readonly silentMs: number;
}
/** What has sounded before. */
export interface SoundMemory {
  readonly redId: string | null;
  readonly redAtMs: number | null;
  /** Alerts that have sounded, or were there when this screen began to listen; the last `TOLD_COUNT` of them. */
  readonly toldIds: ReadonlySet<string>;
  readonly pageId: string | null;
  readonly offlineTold: boolean;
  readonly toneAtMs: number;
  /** It spoke for its room when it last heard of the server: the one that says that the link is lost. */
  readonly spoke: boolean;
  readonly begun: boolean;
}
export const QUIET: SoundMemory = {
  redId: null,
  redAtMs: null,
  toldIds: new Set(),
  pageId: null,
  offlineTold: false,
  toneAtMs: Number.NEGATIVE_INFINITY,
  spoke: false,
  begun: false,
};

/** What has been told by now. */
function toldWith({ toldIds }: SoundMemory, { orangeIds, takenIds }: SoundInput): ReadonlySet<string> {
  const told = new Set(toldIds);
  for (const id of takenIds) told.delete(id);
  for (const id of orangeIds) told.add(id);
  return told.size <= TOLD_COUNT ? told : new Set([...told].slice(-TOLD_COUNT));
}

/**
 * What must sound now, and what to remember. Pure; call it several times a second. Orange alerts that were there before this screen
 * listened have been heard, or missed, elsewhere; red is told whoever comes late.
 */
export function nextTone(
  memory: SoundMemory,
  input: SoundInput,
  nowMs: number,
): { readonly tone: ToneName | null; readonly memory: SoundMemory } {
  const offline = input.silentMs > LINK_OFFLINE_MS;
  const fresh = input.orangeIds.filter((id) => !memory.toldIds.has(id));
  const kept: SoundMemory = {
    ...memory,
    begun: true,
    spoke: offline ? memory.spoke : input.speaking,
    offlineTold: offline && memory.offlineTold,
    redId: input.redId,
    redAtMs: input.redId === null ? null : memory.redAtMs,
    toldIds: offline ? memory.toldIds : toldWith(memory, input),
    pageId: offline ? memory.pageId : (input.page?.id ?? null),
  };
  const mayTone = nowMs - memory.toneAtMs >= APART_MS;
  const sound = (tone: ToneName, change: Partial<SoundMemory>) => ({
    tone,
    memory: { ...kept, ...change, toneAtMs: nowMs },
  });
  if (offline) {
    const say = memory.spoke && !memory.offlineTold && mayTone && !input.muted;
    return say ? sound('offline', { offlineTold: true }) : { tone: null, memory: kept };
  }
  if (!input.speaking || input.muted) return { tone: null, memory: kept };
  const another = input.redId !== memory.redId;
  const due = memory.redAtMs === null || another || nowMs - memory.redAtMs >= RED_EVERY_MS;
  if (input.redId !== null && due) {
    if (mayTone) return sound('red', { redAtMs: nowMs });
    return {
      tone: null,
      memory: { ...kept, redId: another ? memory.redId : input.redId, redAtMs: another ? null : memory.redAtMs },
    };
  }
  if (fresh.length > 0 && memory.begun) {
    if (mayTone) return sound('orange', {});
    return { tone: null, memory: { ...kept, toldIds: memory.toldIds } };
  }
  // Of a tier that the operator wants to hear, or raised to red. A red one sounds by itself until it is taken; any other has one tone
  // in all, however often it is paged: who is called next is told by the phones.
  const { page } = input;
  const paged = page !== null && page.id !== memory.pageId && memory.begun && input.redId === null;
  const heard = page !== null && !page.red && memory.toldIds.has(page.alertId);
  if (paged && !heard && nowMs - memory.toneAtMs >= PAGE_HEARD_MS) {
    const toldIds = page.alertId === '' ? kept.toldIds : new Set([...kept.toldIds, page.alertId]);
    return sound(page.red ? 'red' : 'orange', { toldIds });
  }
  return { tone: null, memory: kept };
}
