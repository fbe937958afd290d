import type { AlertLabels } from '#contract/alerts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;
const encoder = new TextEncoder();

/** FNV-1a of 64 bits as 16 hex digits. */
export function fnv64(text: string): string {
  let hash = OFFSET;
  for (const byte of encoder.encode(text)) hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  return hash.toString(16).padStart(16, '0');
}

/** Labels as one text, sorted by name; names and values cannot run into each other. */
export const canonicalLabels = (labels: AlertLabels): string =>
  Object.keys(labels)
    .sort()
    .map((name) => `${name}\u00ff${labels[name]}\u00ff`)
    .join('');

/** Identity of a match: rule and labels. Annotations and the tier are not part of it. */
export const fingerprint = (rule: string, labels: AlertLabels): string =>
  fnv64(`${rule}\u00fe${canonicalLabels(labels)}`);

/** Id of one life of a match. */
export const alertId = (print: string, startsAtMs: number): string => `${print}-${startsAtMs.toString(36)}`;
