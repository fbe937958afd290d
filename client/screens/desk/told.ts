import { create } from 'zustand';

/** How long a line about what was just done stays, and with it the way back, ms. */
export const TOLD_MS = 10_000;

/** What became of a press: said once, at the foot of the screen. */
export interface Told {
  readonly text: string;
  readonly refused: boolean;
  /** Alerts whose acknowledgement this line can take back. */
  readonly undo: readonly string[] | null;
  /** Somebody else has it: it can be taken over. */
  readonly takeOver: string | null;
  /** performance.now() at which it goes. */
  readonly untilMs: number;
}
interface ToldState {
  readonly told: Told | null;
  tell: (text: string, more?: Partial<Pick<Told, 'refused' | 'undo' | 'takeOver'>>) => void;
  clear: () => void;
}
let timer: ReturnType<typeof setTimeout> | null = null;
export const useTold = create<ToldState>()((set) => ({
  told: null,
  tell: (text, more = {}) => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => set({ told: null }), TOLD_MS);
    set({ told: { text, refused: false, undo: null, takeOver: null, ...more, untilMs: performance.now() + TOLD_MS } });
  },
  clear: () => set({ told: null }),
}));
