import type { ReactElement, ReactNode } from 'react';
import type { Figure } from '#contract/kpis';
import { useT } from '../i18n/t.ts';
import { elide } from '../numbers/format.ts';
import { minuteTime, spokenSpan } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import type { FigureFreshness } from '../state/freshness.ts';
import { serverNowMs } from '../state/server-clock.ts';

export interface StateNoteProps {
  readonly freshness: FigureFreshness;
  readonly figure: Figure | undefined;
  /** The last value in words, for "gone". */
  readonly last: string | null;
  /** What stands there when all is well. */
  readonly children: ReactNode;
}

/** Letters of a field's name that a tile has room for. */
const FIELD_LETTERS = 13;

/** The line under a number: what it stands beside, or, when it cannot be trusted, why and since when. */
export function StateNote({ freshness, figure, last, children }: StateNoteProps): ReactElement {
  const { t, lang } = useT();
  const loading = useConsole((state) => state.frame?.loadingRatio);
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const { state, ageMs } = freshness;
  if (loading !== undefined && loading < 1) return <p className="note note-stale">{t('fresh.loading')}</p>;
  if (state === 'empty') return <p className="note">{t('fresh.empty')}</p>;
  if (state === 'gone') {
    const nowMs = serverNowMs(useConsole.getState().clock, performance.now());
    const known = last !== null && nowMs !== null && ageMs !== null;
    const words = known ? t('fresh.goneLast', { value: last, time: minuteTime(nowMs - ageMs, zone) }) : t('fresh.gone');
    return <p className="note note-stale">{words}</p>;
  }
  if (state === 'stale')
    return (
      <p className="note note-stale">
        <span>
          <ClockMark />
          {t('fresh.stale', { age: spokenSpan(ageMs ?? 0, lang) })}
        </span>
      </p>
    );
  if (figure?.quality === 'unavailable')
    return <p className="note">{t('fresh.unavailable', { field: elide(figure.missing ?? '?', FIELD_LETTERS) })}</p>;
  if (figure?.quality === 'insufficient') return <p className="note">{t('fresh.insufficient')}</p>;
  if (figure && figure.value === null) return <p className="note">{t('fresh.empty')}</p>;
  return <p className="note">{children}</p>;
}

export function ClockMark(): ReactElement {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="clock-mark">
      <circle cx="12" cy="12" r="10" />
      <path d="M12 6v6h5" />
    </svg>
  );
}

/** Age of a late panel, beside its title; nothing while it is live. */
export function AgeNote({ freshness }: { freshness: FigureFreshness }): ReactElement | null {
  const { t, lang } = useT();
  if (freshness.state !== 'late' || freshness.ageMs === null) return null;
  return <span className="age-note">{t('fresh.late', { age: spokenSpan(freshness.ageMs, lang) })}</span>;
}
