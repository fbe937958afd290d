import type { AlertLabels } from '#contract/alerts';
import { useConsole } from '../../state/console-store.ts';
import { placeLabels } from '../desk/alert-words.ts';

/** Where a match is, in the campaign's own names; ids where it has none. */
export function usePlaceOf(): (labels: AlertLabels) => string {
  const campaign = useConsole((state) => state.campaign);
  const lang = useConsole((state) => state.lang);
  return (labels) =>
    placeLabels({ labels })
      .map(([name, value]) => {
        const item = name === 'sku' ? campaign?.items.find(({ sku }) => sku === value) : undefined;
        const named = name === 'service' ? campaign?.services : campaign?.dimensions[name];
        return (item ?? named?.find(({ id }) => id === value))?.[lang] ?? value;
      })
      .join(' ');
}
