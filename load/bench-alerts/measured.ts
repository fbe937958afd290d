import { build } from 'hdr-histogram-js';

/** Times from a fault to its alert, as one listener heard them. The first hearing counts. */
export class Measured {
  readonly title: string;
  readonly #ms = build({ lowestDiscernibleValue: 1, highestTrackableValue: 60_000, numberOfSignificantValueDigits: 3 });
  readonly #sinceMs = new Map<string, number>();
  readonly #waiting = new Map<string, { readonly promise: Promise<void>; readonly resolve: () => void }>();
  constructor(title: string) {
    this.title = title;
  }

  /** The fault with this alert happens now. */
  expect(name: string, atMs: number): void {
    this.#sinceMs.set(name, atMs);
    let resolve = (): void => undefined;
    const promise = new Promise<void>((done) => {
      resolve = done;
    });
    this.#waiting.set(name, { promise, resolve });
  }
  heard(name: string, atMs: number): void {
    const sinceMs = this.#sinceMs.get(name);
    if (sinceMs === undefined) return; // not one of ours, or heard before
    this.#sinceMs.delete(name);
    this.#ms.recordValue(Math.max(1, Math.round(atMs - sinceMs)));
    this.#waiting.get(name)?.resolve();
  }
  done(name: string): Promise<void> {
    return this.#waiting.get(name)?.promise ?? Promise.resolve();
  }
  lostCount = (tries: number): number => tries - this.#ms.totalCount;
  /** ms; 0 when nothing was heard. */
  atPercentile = (percentile: number): number => this.#ms.getValueAtPercentile(percentile);
  line(tries: number): string {
    const ms = (value: number): string => `${value} ms`.padStart(9);
    const times = [this.atPercentile(50), this.atPercentile(99), this.#ms.maxValue].map(ms).join('');
    return `${this.title.padEnd(44)}${times}${String(this.lostCount(tries)).padStart(7)}`;
  }
}
