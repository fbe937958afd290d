import type { ReactElement, ReactNode } from 'react';
import type { Tier } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import { spokenSpan } from '../numbers/time.ts';
import type { FigureFreshness } from '../state/freshness.ts';

export interface PanelProps {
  readonly id: string;
  readonly title: ReactNode;
  /** Demanded of every panel: see `FigureFreshness`. */
  readonly freshness: FigureFreshness;
  /** Tier of the panel's figures; withdrawn here when they cannot be trusted. */
  readonly tier?: Tier | undefined;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}

/** The box of one subject: its heading, how far its figures can be trusted, and its severity while they can. */
export function Panel({ id, title, freshness, tier, aside, className = '', children }: PanelProps): ReactElement {
  const { t, lang } = useT();
  const { state, ageMs, trusted } = freshness;
  const shown = trusted ? tier : undefined;
  const age = spokenSpan(ageMs ?? 0, lang);
  return (
    <section
      className={`panel ${className}`}
      aria-labelledby={`${id}-title`}
      data-testid={id}
      data-state={state}
      data-age-ms={ageMs === null ? '' : Math.round(ageMs)}
      {...(shown ? { 'data-tier': shown } : {})}
    >
      <header className="panel-head">
        <h2 id={`${id}-title`} className="panel-title">
          {title}
        </h2>
        {aside ? <div className="panel-aside">{aside}</div> : null}
      </header>
      {state === 'live' ? null : (
        <span className="sr-only" data-testid={`${id}-spoken`}>
          {state === 'late' ? t('fresh.spoken.late', { age }) : null}
          {state === 'stale' || state === 'gone' ? t('fresh.spoken.stale', { age }) : null}
          {state === 'empty' ? t('fresh.empty') : null}
        </span>
      )}
      {children}
    </section>
  );
}
