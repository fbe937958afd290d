import { type ReactElement, type ReactNode, useState } from 'react';
import '../../styles/page.css';
import type { ViewId } from '#contract/frames';
import type { Permission } from '#contract/permissions';
import { useKeys } from '../../keys/use-keys.ts';
import { useHistoryLines } from '../../net/use-history.ts';
import { useLink } from '../../net/use-link.ts';
import { RoomHead } from '../../panels/RoomHead.tsx';
import { WallHeader } from '../../panels/WallHeader.tsx';
import { useConsole } from '../../state/console-store.ts';
import { KeyHelp } from './KeyHelp.tsx';
import { PageBar } from './PageBar.tsx';

/** One single key of the page: what it does and what the list behind `?` says of it. */
export interface PageKey {
  readonly key: string;
  readonly words: string;
  readonly act: () => void;
}
export interface PageFrameProps {
  readonly id: string;
  readonly title: string;
  readonly keys?: readonly PageKey[];
  /** What stands beside the heading: filters, a button. */
  readonly aside?: ReactNode;
  /** What is watched meanwhile, for the link, the clock and the timeline; the lightest view when absent. */
  readonly view?: ViewId;
  readonly children: ReactNode;
}
const NO_KEYS: readonly PageKey[] = [];

export const useMay = (permission: Permission): boolean =>
  useConsole((state) => typeof state.session === 'object' && state.session.permissions.includes(permission));

/** What all desk pages stand in: head, bar of pages, keys with their list behind `?`, and one place for the heading. */
export function PageFrame({ id, title, keys = NO_KEYS, aside, view, children }: PageFrameProps): ReactElement {
  useLink(view ?? 'wall:countdown');
  useHistoryLines();
  const [help, setHelp] = useState(false);
  useKeys({ ...Object.fromEntries(keys.map(({ key, act }) => [key, act])), '?': () => setHelp(true) });
  return (
    <main className="desk page" data-testid={id}>
      <WallHeader Head={RoomHead} />
      <PageBar onKeys={() => setHelp(true)} />
      <header className="page-head">
        <h1>{title}</h1>
        {aside}
      </header>
      {children}
      {help ? <KeyHelp keys={keys} onClose={() => setHelp(false)} /> : null}
    </main>
  );
}
