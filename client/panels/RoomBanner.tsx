import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';
import { TierMark } from './TierMark.tsx';

/** What the room is told on all screens, set by a runbook. Null while there is nothing to tell. */
export function RoomBanner({ text, count }: { text: string; count: string }): ReactElement | null {
  const { lang } = useT();
  const banner = useConsole((state) => state.frame?.banner);
  if (!banner) return null;
  return (
    <p
      className={`room-banner tier-${banner.tier}`}
      role={count === '' ? 'status' : undefined}
      aria-hidden={count !== ''}
      data-testid="room-banner"
      title={banner.text[lang]}
    >
      <TierMark tier={banner.tier} />
      {text}
      {count === '' ? null : <span className="banner-fact">{count}</span>}
    </p>
  );
}
