import type { Lang } from '../numbers/scale.ts';

/** Reasons that a desk fills in by itself. Whoever asked, whoever decides reads them in their own language. */
const OWN = {
  advice: { zh: '采用建议', en: 'Advice taken' },
  undo: { zh: '撤回', en: 'Taken back' },
} as const;

export const ownReason = (which: keyof typeof OWN, lang: Lang): string => OWN[which][lang];
/** A reason as its reader reads it: one that was filled in, in their language; what somebody typed, as typed. Pure. */
export const spokenReason = (reason: string, lang: Lang): string =>
  Object.values(OWN).find(({ zh, en }) => reason === zh || reason === en)?.[lang] ?? reason;
