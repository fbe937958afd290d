import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import type { FigureText } from '../numbers/format.ts';
import type { FigureFreshness } from '../state/freshness.ts';
import { openProof } from './proof-state.ts';
import { RollingDigits } from './RollingDigits.tsx';

export interface FigureNumberProps {
  /** Key of the figure: a click shows its proof. */
  readonly figureKey: string;
  readonly label: string;
  readonly value: number | null | undefined;
  readonly freshness: FigureFreshness;
  readonly format: (value: number) => FigureText;
  readonly size: 'hero' | 'second' | 'kpi' | 'line';
  /** Rolls between two received values. */
  readonly roll?: boolean;
}

/**
 * The only component that draws a number of the sale. Without data it draws a dash, never 0; a stale value stays and is
 * dimmed by the panel's state; a value older than ten minutes becomes a dash.
 */
export function FigureNumber(props: FigureNumberProps): ReactElement {
  const { figureKey, label, value, freshness, format, size, roll = false } = props;
  const { t } = useT();
  const missing = value === null || value === undefined || freshness.state === 'gone' || freshness.state === 'empty';
  const text = missing ? null : format(value);
  const spoken = text ? `${text.prefix}${text.digits}${text.suffix}` : '—';
  return (
    <button
      type="button"
      className={`figure figure-${size}`}
      data-testid={`figure-${figureKey}`}
      data-value={missing ? '' : value}
      data-trusted={freshness.trusted}
      data-long={text !== null && (text.prefix + text.digits).length > 5 && text.suffix !== ''}
      aria-label={`${label} ${spoken}, ${t('proof.open')}`}
      title={text?.exact ?? ''}
      onClick={() => openProof(figureKey)}
    >
      {text && !missing ? (
        <>
          <span className="figure-prefix">{text.prefix}</span>
          <RollingDigits
            value={value}
            text={text.digits}
            rolling={roll && freshness.trusted}
            format={(between) => format(between).digits}
          />
          <span className="figure-suffix">{text.suffix}</span>
        </>
      ) : (
        <span className="figure-digits figure-none">—</span>
      )}
    </button>
  );
}
