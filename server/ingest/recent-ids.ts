/**
 * Which identities this node has lately seen counted, as 32-bit marks in a fixed table (16 MiB): "maybe" or "not that I
 * know". A hint only, so that a resent event is asked for before its body is folded and not after: whoever is suspected is
 * looked up in the store, and the atomic step there decides alone. A mark is lost when another takes its place.
 */
const SLOTS = 1 << 22;
const MASK = SLOTS - 1;

export class RecentIds {
  private readonly marks = new Uint32Array(SLOTS);

  add(identity: string): void {
    const hash = hashOf(identity);
    this.marks[hash & MASK] = markOf(identity, hash);
  }

  has(identity: string): boolean {
    const hash = hashOf(identity);
    return this.marks[hash & MASK] === markOf(identity, hash);
  }
}

/** Multiply and fold each letter, so that neighbours differ in the low bits, too (Murmur's constants). */
function hashOf(identity: string): number {
  let hash = identity.length;
  for (let i = 0; i < identity.length; i += 1) {
    hash = Math.imul(hash ^ identity.charCodeAt(i), 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

/** A second, independent look at the last letters, where neighbours differ. Never 0, which is an empty slot. */
function markOf(identity: string, hash: number): number {
  let mark = hash;
  for (let i = Math.max(0, identity.length - 8); i < identity.length; i += 1) {
    mark = Math.imul(mark ^ identity.charCodeAt(i), 0x85ebca6b);
    mark ^= mark >>> 13;
  }
  return (mark | 1) >>> 0;
}
