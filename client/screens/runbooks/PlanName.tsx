import type { ReactElement } from 'react';
import { useConsole } from '../../state/console-store.ts';
import { useLoaded } from '../frame/use-loaded.ts';
import { getRunbooks } from './api.ts';

/** The name of another plan in the reader's language; its id until the list is here. */
export function PlanName({ id }: { id: string }): ReactElement {
  const lang = useConsole((state) => state.lang);
  const { data } = useLoaded(getRunbooks, 'plans', { everyMs: 600_000 });
  return <>{data?.runbooks.find((one) => one.id === id)?.title[lang] ?? id}</>;
}
