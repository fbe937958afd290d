/**
 * Seeded chance. Every draw of the load tools comes from here, so that a run can be repeated from its seed and any single
 * event can be made again from its number alone.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** @param seed - any integer @param stream - which of the seed's independent streams, such as an event's number */
  constructor(seed: number, stream = 0) {
    this.#a = mix(seed ^ 0x9e3779b9);
    this.#b = mix(stream ^ 0x85ebca6b);
    this.#c = mix((seed + Math.imul(stream, 0xc2b2ae35)) | 0);
    this.#counter = 1;
    for (let round = 0; round < 4; round += 1) this.#word();
  }

  /** sfc32: small, fast, passes PractRand; 32 bits. */
  #word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    return this.#word() / 4_294_967_296;
  }

  /** Whole number in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** Whole number in [from, to], both included. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(ratio: number): boolean {
    return this.next() < ratio;
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)];
    if (value === undefined) throw new RangeError('nothing to pick from');
    return value;
  }

  /** Roughly normal around 0 with deviation 1 (sum of four uniforms), bounded by ±3.5. */
  normal(): number {
    return (this.next() + this.next() + this.next() + this.next() - 2) * 1.732;
  }

  /** A count whose mean is `mean`: Poisson for small means, a rounded normal above 30. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let product = this.next();
    let count = 0;
    while (product > limit) {
      product *= this.next();
      count += 1;
    }
    return count;
  }
}

/** Values with weights; a draw is one binary search. */
export class Weighted<T> {
  readonly #values: readonly T[];
  readonly #upTo: Float64Array;

  constructor(pairs: readonly (readonly [T, number])[]) {
    if (pairs.length === 0) throw new RangeError('a weighted choice needs at least one value');
    this.#values = pairs.map(([value]) => value);
    this.#upTo = new Float64Array(pairs.length);
    let sum = 0;
    pairs.forEach(([, weight], index) => {
      sum += weight;
      this.#upTo[index] = sum;
    });
  }

  draw(random: Random): T {
    const last = this.#upTo.length - 1;
    const at = random.next() * (this.#upTo[last] ?? 0);
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#upTo[middle] ?? 0) > at) high = middle;
      else low = middle + 1;
    }
    return this.#values[low] as T;
  }
}

/** Weights that fall like 1/(rank + 2): a few values carry most, as regions and categories do. */
export const ranked = <T>(values: readonly T[]): Weighted<T> =>
  new Weighted(values.map((value, rank) => [value, 1 / (rank + 2)] as const));

function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** A short tag from two integers, [0-9a-z], the same for the same input. */
export const tagOf = (seed: number, salt: number): string =>
  (mix(seed ^ mix(salt)) >>> 0).toString(36).padStart(7, '0') + (mix(salt + 0x51ed270b) >>> 0).toString(36);
