import type { ReactElement, ReactNode } from 'react';
import type { Figure } from '#contract/kpis';
import type { Tier } from '#contract/tiers';
import { useT } from '../i18n/t.ts';
import type { FigureText } from '../numbers/format.ts';
import type { FigureFreshness } from '../state/freshness.ts';
import { FigureNumber } from './FigureNumber.tsx';
import { Panel } from './Panel.tsx';
import { AgeNote, StateNote } from './StateNote.tsx';
import { TierMark } from './TierMark.tsx';

export interface KpiTileProps {
  readonly id: string;
  readonly figureKey: string;
  readonly label: string;
  readonly figure: Figure | undefined;
  readonly freshness: FigureFreshness;
  readonly tier?: Tier | undefined;
  readonly format: (value: number) => FigureText;
  readonly children: ReactNode;
}

/** A tier is shown only while its figure can be trusted and rests on enough cases. */
export const shownTier = (
  freshness: FigureFreshness,
  figure: Figure | undefined,
  tier: Tier | undefined,
): Tier | undefined => (freshness.trusted && figure?.quality !== 'insufficient' ? tier : undefined);

/** One KPI: label, number, one fact under it. A tier shows as shape, colour and word. */
export function KpiTile(props: KpiTileProps): ReactElement {
  const { id, figureKey, label, figure, freshness, format, children } = props;
  const { t } = useT();
  const tier = shownTier(freshness, figure, props.tier);
  const value = figure?.value ?? null;
  const last = value === null ? null : Object.values({ ...format(value), exact: '' }).join('');
  return (
    <Panel
      id={id}
      className={figure?.quality === 'insufficient' ? 'tile tile-insufficient' : 'tile'}
      title={
        <>
          {tier ? <TierMark tier={tier} silent /> : null}
          <span>{label}</span>
        </>
      }
      freshness={freshness}
      tier={tier}
      aside={<AgeNote freshness={freshness} />}
    >
      <FigureNumber
        figureKey={figureKey}
        label={label}
        value={value}
        freshness={freshness}
        format={format}
        size="kpi"
      />
      <StateNote freshness={freshness} figure={figure} last={last}>
        {tier ? <b className="tier-word">{t(`tier.${tier}`)}</b> : null}
        <span>{children}</span>
      </StateNote>
    </Panel>
  );
}
