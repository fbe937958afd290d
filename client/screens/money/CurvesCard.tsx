import { lazy, type ReactElement, Suspense, useMemo, useState, useSyncExternalStore } from 'react';
import { useFreshness } from '../../state/use-freshness.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

const CurveChart = lazy(() => import('./CurveChart.tsx'));
/** Every fifth point of the curve is enough to read in a table. */
const TABLE_EVERY = 4;
/** As the words beside it, of the page's letters, which follow the width of the screen. */
const TEXT_REM = 0.8125;
const rootPx = (): number => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
const useRootPx = (): number =>
  useSyncExternalStore((listener) => {
    window.addEventListener('resize', listener);
    return () => window.removeEventListener('resize', listener);
  }, rootPx);

/** What each channel would bring at other spends, where it stands, and the same as numbers. */
export function CurvesCard({ desk }: { desk: Desk }): ReactElement {
  const text = useMoneyText(desk.accounts);
  const { say, name, amount, lang } = text;
  const { trusted } = useFreshness('roas@open');
  const textPx = useRootPx() * TEXT_REM;
  const curves = desk.advice?.curves ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const curve = curves.find(({ account }) => account === chosen) ?? curves[0];
  const drawing = useMemo(
    () =>
      curve === undefined
        ? null
        : {
            curve,
            words: { present: say('presentPoint'), advised: say('advisedPoint') },
            textPx,
            spend: (minor: number) => text.tick('gmv', minor),
            gain: (value: number) => text.tick(curve.objective, value),
            trusted,
          },
    // drawn again when the figures change, not at each second of the page
    [curve, lang, trusted, textPx],
  );
  return (
    <section className="card" aria-labelledby="curves-title" data-testid="curves">
      <header className="line money-head-line">
        <h2 id="curves-title">{say('curves')}</h2>
        {curves.length === 0 ? null : (
          <fieldset aria-label={say('channel')} className="objectives">
            {curves.map(({ account }) => (
              <button
                key={account}
                type="button"
                className="pill pill-button"
                aria-pressed={account === curve?.account}
                onClick={() => setChosen(account)}
              >
                {name(account)}
              </button>
            ))}
          </fieldset>
        )}
      </header>
      {curve === undefined || drawing === null ? (
        <p className="quiet">{say('curveNone')}</p>
      ) : (
        <>
          <Suspense fallback={<div className="curve-chart" />}>
            <CurveChart
              drawing={drawing}
              label={say('curveLabel', {
                name: name(curve.account),
                spend: amount(curve.present.spend),
                back: text.value(curve.objective, curve.present.return),
                marginal: text.multiple(curve.marginal.mid),
              })}
            />
          </Suspense>
          <p className="quiet curve-legend">{say('curveLegend')}</p>
          <details>
            <summary>{say('curveTable')}</summary>
            <table className="grid">
              <thead>
                <tr>
                  <th scope="col" className="number">
                    {say('spendHour')}
                  </th>
                  <th scope="col" className="number">
                    {say('returnHour')}
                  </th>
                  <th scope="col" className="number">
                    {say('bandCol')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {curve.points
                  .filter((_, at) => at % TABLE_EVERY === 0)
                  .map(({ spend, low, mid, high }) => (
                    <tr key={spend}>
                      <td className="number">{amount(spend)}</td>
                      <td className="number">{text.value(curve.objective, mid)}</td>
                      <td className="number quiet">
                        {text.value(curve.objective, low)} – {text.value(curve.objective, high)}
                      </td>
                    </tr>
                  ))}
              </tbody>
            </table>
          </details>
        </>
      )}
    </section>
  );
}
