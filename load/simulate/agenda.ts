import type { LoadEvent } from '../load-event.ts';

interface Entry {
  readonly source: string;
  readonly event: LoadEvent;
}

/** Events that are going to happen, by the quarter second in which they are due to be sent. */
export class Agenda {
  readonly #slots = new Map<number, Entry[]>();
  #doneUpTo = 0;

  /** @param dueMs - when its source learns of it; at once when that has passed */
  add(dueMs: number, source: string, event: LoadEvent): void {
    const slot = Math.max(Math.floor(dueMs / SLOT_MS), this.#doneUpTo);
    const entries = this.#slots.get(slot);
    if (entries === undefined) this.#slots.set(slot, [{ source, event }]);
    else entries.push({ source, event });
  }

  /** Takes everything due before `nowMs`, oldest slot first. */
  take(nowMs: number): Entry[] {
    const end = Math.floor(nowMs / SLOT_MS);
    const due = [...this.#slots.keys()].filter((slot) => slot < end).sort((a, b) => a - b);
    const entries = due.flatMap((slot) => this.#slots.get(slot) ?? []);
    for (const slot of due) this.#slots.delete(slot);
    this.#doneUpTo = Math.max(this.#doneUpTo, end);
    return entries;
  }
}
const SLOT_MS = 250;
