import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { elide } from '../numbers/format.ts';
import { useConsole } from '../state/console-store.ts';
import { TierMark } from './TierMark.tsx';

/** Room in the middle of a wall's head, in Latin letters; Han count twice. */
const TEXT_LETTERS = 44;
const NARROW_LETTERS = 16;

/** What the room is told on all screens, set by a runbook. Null while there is nothing to tell. */
export function RoomBanner({ narrow = false }: { narrow?: boolean }): ReactElement | null {
  const { lang } = useT();
  const banner = useConsole((state) => state.frame?.banner);
  if (!banner) return null;
  return (
    <p className={`room-banner tier-${banner.tier}`} role="status" data-testid="room-banner" title={banner.text[lang]}>
      <TierMark tier={banner.tier} />
      {elide(banner.text[lang], narrow ? NARROW_LETTERS : TEXT_LETTERS)}
    </p>
  );
}
