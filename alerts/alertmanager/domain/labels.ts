import { FOREIGN_LIMITS } from '#contract/alertmanager';
import type { AlertLabels } from '#contract/alerts';

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const MASK = 0xffffffffffffffffn;
const SEPARATOR = 0xff;
const encoder = new TextEncoder();

/** The fingerprint as Prometheus and Alertmanager compute it: FNV-1a of sorted names and values, a byte 255 after each. */
export function outsideFingerprint(labels: AlertLabels): string {
  let hash = OFFSET;
  const add = (byte: number): void => {
    hash = ((hash ^ BigInt(byte)) * PRIME) & MASK;
  };
  for (const name of Object.keys(labels).sort()) {
    for (const text of [name, labels[name] ?? '']) {
      for (const byte of encoder.encode(text)) add(byte);
      add(SEPARATOR);
    }
  }
  return hash.toString(16).padStart(16, '0');
}

export const isLabelName = (name: string): boolean => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);

/** Control characters, those that turn the direction of text, and halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu;
const UNPRINTABLE_BUT_LINES = /(?![\t\n])[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/gu;
/** Control and direction characters become �, the same ones every time, so that an identity stays one. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, '\ufffd');
export const printableLines = (text: string): string => text.replace(UNPRINTABLE_BUT_LINES, '\ufffd');

export type ReadLabels =
  | { readonly ok: true; readonly labels: AlertLabels }
  | { readonly ok: false; readonly why: string };

/** Labels of a foreign alert: empty ones mean absent, as in Alertmanager; what is beyond the limits refuses the alert. */
export function readLabels(given: Readonly<Record<string, string>>): ReadLabels {
  const entries = Object.entries(given).filter(([, value]) => value !== '');
  const refused = (why: string): ReadLabels => ({ ok: false, why });
  if (entries.length === 0) return refused('at least one label pair required');
  if (entries.length > FOREIGN_LIMITS.labelCount)
    return refused(`invalid label set: ${entries.length} labels, ${FOREIGN_LIMITS.labelCount} are the most`);
  for (const [name, value] of entries) {
    if (!isLabelName(name)) return refused(`invalid label set: invalid name ${JSON.stringify(name.slice(0, 80))}`);
    if (name.length > FOREIGN_LIMITS.labelNameChars)
      return refused(
        `invalid label set: the name ${name.slice(0, 40)}… is longer than ${FOREIGN_LIMITS.labelNameChars}`,
      );
    if (value.length > FOREIGN_LIMITS.labelValueChars)
      return refused(
        `invalid label set: the value of ${name} is longer than ${FOREIGN_LIMITS.labelValueChars} characters`,
      );
  }
  return { ok: true, labels: Object.fromEntries(entries.map(([name, value]) => [name, printable(value)])) };
}

/** Annotations, cut to size where they are too many or too long; names that are none are left out. */
export function readAnnotations(given: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const entries = Object.entries(given).filter(([name, value]) => value !== '' && isLabelName(name));
  const cut = (name: string, text: string): string => {
    const clean = name === 'summary' ? printable(text) : printableLines(text);
    return clean.length <= FOREIGN_LIMITS.annotationChars
      ? clean
      : `${clean.slice(0, FOREIGN_LIMITS.annotationChars)}… (${clean.length} characters)`;
  };
  return Object.fromEntries(
    entries.slice(0, FOREIGN_LIMITS.annotationCount).map(([name, value]) => [name, cut(name, value)]),
  );
}
