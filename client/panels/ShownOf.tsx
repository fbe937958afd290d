import type { ReactElement } from 'react';
import type { FigureFreshness } from '../state/freshness.ts';
import { AgeNote } from './StateNote.tsx';

/** Beside the heading of a list: how old it is, and how many of how many it shows where not all have room. */
export function ShownOf({
  most,
  all,
  freshness,
}: {
  most: number;
  all: number;
  freshness: FigureFreshness;
}): ReactElement {
  return (
    <>
      <AgeNote freshness={freshness} />
      {all > most ? (
        <span className="fact shown-of">
          {most}/{all}
        </span>
      ) : null}
    </>
  );
}
