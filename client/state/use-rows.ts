import type { FrameRow } from '#contract/frames';
import { useConsole } from './console-store.ts';
import { usePaced } from './use-paced.ts';

const NONE: readonly FrameRow[] = [];
/** A list of the view, drawn again at most once a period. */
export function useRows(name: string, periodMs: number): readonly FrameRow[] {
  return usePaced((state) => state.frame?.rows[name], periodMs) ?? NONE;
}

/** Name of a row in the language of the screen: a value of the campaign's dimension, a service or an item; else its id. */
export function useRowName(dimension: string): (id: string) => string {
  const campaign = useConsole((state) => state.campaign);
  const lang = useConsole((state) => state.lang);
  return (id) => {
    if (dimension === 'sku') return campaign?.items.find(({ sku }) => sku === id)?.[lang] ?? id;
    const named =
      campaign?.dimensions[dimension]?.find((value) => value.id === id) ??
      (dimension === 'service' ? campaign?.services.find((value) => value.id === id) : undefined);
    return named?.[lang] ?? id;
  };
}
