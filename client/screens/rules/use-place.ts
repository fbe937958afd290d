import type { AlertLabels } from '#contract/alerts';
import { useConsole } from '../../state/console-store.ts';
import { placeLabels } from '../desk/alert-words.ts';

/** Where a match is, in the campaign's own names; ids where it has none. */
export function usePlaceOf(): (labels: AlertLabels) => string {
  const campaign = useConsole((state) => state.campaign);
  const lang = useConsole((state) => state.lang);
  return (labels) =>
    placeLabels({ labels }, lang, campaign)
      .map(([, value]) => value)
      .join(' ');
}
