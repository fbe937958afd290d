import type { FrameIncident } from '#contract/incidents';
import { widthOf } from '../numbers/format.ts';
import type { Lang } from '../numbers/scale.ts';
import { incidentText } from './IncidentBanner.tsx';

/** How long one face of the head stays, ms: four words a second can be read. */
export const FACE_MS = 5_000;
/** Letters that "1/3" takes. */
const COUNT_LETTERS = 4;

/** A text in pages of so many letters (Han count twice), cut between words where there are words. One that fits is one page. Pure. */
export function pagesOf(text: string, most: number): string[] {
  if (widthOf(text) <= most) return [text];
  const room = Math.max(4, most - COUNT_LETTERS);
  const pages: string[] = [];
  let page = '';
  for (const part of text.match(/[ -~\u00a0-\u2e7f]+?(?:\s+|$|(?=[\u2e80-\u9fff\uff00-\uffef]))|[\s\S]/gu) ?? []) {
    // a word wider than the room is cut in it
    for (const piece of widthOf(part.trim()) > room ? [...part] : [part]) {
      if (page !== '' && widthOf(`${page}${piece}`.trimEnd()) > room) {
        pages.push(page.trim());
        page = '';
      }
      page += piece;
    }
  }
  return page.trim() === '' ? pages : [...pages, page.trim()];
}

/** One thing the head of a screen shows for a while. */
export interface Face {
  readonly of: 'incident' | 'banner';
  /** What of its text is shown; '' where there is room for its number only. */
  readonly text: string;
}
/**
 * What the room works on and what it is told, the more urgent one first, each whole: what has no room at once comes after. Pure.
 * @param incident - its pages; none: there is no incident
 */
export function facesOf(incident: readonly string[], banner: readonly string[], bannerFirst: boolean): readonly Face[] {
  const faces = [
    incident.map((text): Face => ({ of: 'incident', text })),
    banner.map((text): Face => ({ of: 'banner', text })),
  ];
  return (bannerFirst ? faces.reverse() : faces).flat();
}

/** Letters beside number and fact; Han count twice. */
const LETTERS = { near: 34, mid: 16, far: 0 } as const;
/** Where there is no room beside them: letters of the text alone. */
const ALONE_LETTERS = 20;

/** Title and how it stands, in pages that fit; where number and fact fill the head they are a page of their own, ''. Pure. */
export function incidentPages(
  { title, status }: Pick<FrameIncident, 'title' | 'status'>,
  lang: Lang,
  scale: keyof typeof LETTERS,
  narrow: boolean,
): string[] {
  const most = narrow ? Math.round(LETTERS[scale] / 2) : LETTERS[scale];
  const text = incidentText({ title, status }, lang);
  return most === 0 ? ['', ...pagesOf(text, ALONE_LETTERS)] : pagesOf(text, most);
}
/** Room in the middle of a wall's head, in Latin letters; Han count twice. */
export const bannerLetters = (narrow: boolean): number => (narrow ? 16 : 44);
