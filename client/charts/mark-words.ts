import { elide } from '../numbers/format.ts';

/** A Latin letter is so many times the text's height at most, on average; Han are twice as wide and count so. */
const LETTER = 0.56;
export interface MarkRoom {
  /** Of the whole chart, CSS px; 0 while it is not known. */
  readonly widthPx: number;
  readonly textPx: number;
  readonly fromMs: number;
  readonly toMs: number;
}
/**
 * Where the words of a mark stand, and as much of them as there is room for: a mark of the left half has its words at its right, up
 * to the end of the chart, one of the right half at its left. Pure.
 */
export function markWords(
  words: string,
  atMs: number,
  room: MarkRoom,
): { readonly late: boolean; readonly words: string } {
  const { widthPx, textPx, fromMs, toMs } = room;
  const late = atMs > (fromMs + toMs) / 2;
  const part = toMs > fromMs ? Math.min(1, Math.max(0, (late ? atMs - fromMs : toMs - atMs) / (toMs - fromMs))) : 1;
  if (widthPx <= 0) return { late, words };
  // axis names and the ends of the chart are no room: about three letters' height of each side
  const letters = Math.floor(((widthPx - 6 * textPx) * part) / (textPx * LETTER));
  return { late, words: elide(words, Math.max(8, letters)) };
}
