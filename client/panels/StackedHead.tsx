import type { ReactNode } from 'react';
import { useT } from '../i18n/t.ts';
import { useConsole } from '../state/console-store.ts';
import { useSame } from '../state/use-same.ts';
import { IncidentBanner, incidentText } from './IncidentBanner.tsx';
import { RoomBanner } from './RoomBanner.tsx';
import { useUnverifiedMs } from './use-unverified.ts';

/** Where words wrap, as on a phone: incident and banner stand whole, one under the other. */
export function StackedHead({ children }: { readonly children: ReactNode }): ReactNode {
  const { t, lang } = useT();
  const banner = useConsole(({ frame }) => frame?.banner);
  const incident = useSame(({ frame }) => frame?.room?.incident);
  const unverifiedMs = useUnverifiedMs();
  return (
    <>
      {incident ? <IncidentBanner narrow={false} text={incidentText(incident, lang)} count="" /> : null}
      {banner ? <RoomBanner text={banner.text[lang]} count="" /> : null}
      {unverifiedMs > 0 ? (
        <span className="chip chip-stale" role="status" data-testid="alerting-unverified">
          {t('strip.unverified')}
        </span>
      ) : null}
      {children}
    </>
  );
}
