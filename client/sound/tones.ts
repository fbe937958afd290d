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

/** What the screen hears and is allowed. */
export interface SoundInput {
  /** A red alert that nobody has taken; null when there is none. */
  readonly redId: string | null;
  /** Orange alerts that nobody has taken. */
  readonly orangeIds: readonly string[];
  /** The newest page that was sent to the screens themselves (receiver `sound`); null before the first. */
  readonly page: { readonly id: string; readonly red: boolean } | null;
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
    toldIds: offline ? memory.toldIds : new Set(input.orangeIds),
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
  // paged again, escalated, or of a tier that the operator wants to hear; a red one sounds by itself until it is taken
  const paged = input.page !== null && input.page.id !== memory.pageId && memory.begun && input.redId === null;
  if (paged && nowMs - memory.toneAtMs >= PAGE_HEARD_MS) return sound(input.page?.red === true ? 'red' : 'orange', {});
  return { tone: null, memory: kept };
}
