import { Fragment, type ReactElement, type ReactNode } from 'react';
import type { KpiWindow } from '#contract/kpis';
import { placeName } from '#contract/place-names';
import type { Block, Check, CheckTerm, Inline } from '#contract/runbooks';
import { figureLine, levelLine } from '../../numbers/format.ts';
import { spokenSpan } from '../../numbers/time.ts';
import { useConsole } from '../../state/console-store.ts';
import { factsOf } from '../../state/kpi-table.ts';
import { serverNowMs } from '../../state/server-clock.ts';
import { useFormat } from '../../state/use-figure.ts';
import { useTicked } from '../../state/use-freshness.ts';
import { KPI_STALE_MS, type KpisNow, kpiKey } from './use-kpis.ts';
import { hasWord, useWords, type WordKey } from './words.ts';

/** Nodes of a plan as elements: a closed list, so nothing in a file can become markup. Keys are places: nodes never move. */
export function Text({ nodes, kpis }: { nodes: readonly Inline[]; kpis: KpisNow }): ReactElement {
  return <>{nodes.map((node, place) => draw(node, place, kpis))}</>;
}
function draw(node: Inline, place: number, kpis: KpisNow): ReactNode {
  const children = 'children' in node ? <Text nodes={node.children} kpis={kpis} /> : null;
  switch (node.type) {
    case 'text':
      return <Fragment key={place}>{node.text}</Fragment>;
    case 'code':
      return <code key={place}>{node.text}</code>;
    case 'strong':
      return <strong key={place}>{children}</strong>;
    case 'em':
      return <em key={place}>{children}</em>;
    case 'break':
      return <br key={place} />;
    case 'link':
      return <SafeLink key={place} href={node.href} label={children} />;
    case 'kpi':
      return <KpiNumber key={place} kpi={node.id} window="1m" labels={{}} kpis={kpis} named />;
  }
}

/** The server has judged it; it is judged again where it is drawn. */
export function SafeLink({ href, label }: { href: string; label: ReactNode }): ReactElement {
  if (/^\/(?!\/)/.test(href)) return <a href={href}>{label}</a>;
  if (!/^(https?:\/\/|mailto:)/.test(href)) return <span>{label}</span>;
  return (
    <a href={href} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}

export function Blocks({ blocks, kpis }: { blocks: readonly Block[]; kpis: KpisNow }): ReactElement {
  return <>{blocks.map((block, place) => drawBlock(block, place, kpis))}</>;
}
function drawBlock(block: Block, place: number, kpis: KpisNow): ReactNode {
  switch (block.type) {
    case 'paragraph':
      return (
        <p key={place}>
          <Text nodes={block.children} kpis={kpis} />
        </p>
      );
    case 'heading':
      return (
        <h4 key={place}>
          <Text nodes={block.children} kpis={kpis} />
        </h4>
      );
    case 'quote':
      return (
        <blockquote key={place}>
          <Blocks blocks={block.children} kpis={kpis} />
        </blockquote>
      );
    case 'code':
      return <pre key={place}>{block.text}</pre>;
    case 'rule':
      return <hr key={place} />;
    case 'list': {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Blocks blocks={item} kpis={kpis} />
        </li>
      ));
      return block.ordered ? <ol key={place}>{items}</ol> : <ul key={place}>{items}</ul>;
    }
  }
}

interface KpiNumberProps {
  readonly kpi: string;
  readonly window: KpiWindow;
  readonly labels: Readonly<Record<string, string>>;
  readonly kpis: KpisNow;
  readonly named?: boolean;
}
/** A number now, with its name; marked stale, with its age, when it was not heard of, or nothing was counted, for 10 s. */
export function KpiNumber({ kpi, window, labels, kpis, named = false }: KpiNumberProps): ReactElement {
  const { say, lang } = useWords();
  const format = useFormat();
  const now = kpis.get(kpiKey({ kpi, window, labels })) ?? [...kpis.values()].find(({ row }) => row.id === kpi);
  const staleS = useTicked((nowMs) => {
    if (now === undefined) return 0;
    const serverMs = serverNowMs(useConsole.getState().clock, nowMs);
    const eventsMs = serverMs === null || now.asOfMs === null ? 0 : serverMs - now.asOfMs;
    const ageMs = Math.max(nowMs - now.heardAtMs, eventsMs);
    return ageMs > KPI_STALE_MS ? Math.floor(ageMs / 1_000) : 0;
  });
  const value = now?.row.value ?? null;
  const text = now === undefined || value === null ? say('noValue') : figureLine(value, now.row.unit, format);
  return (
    <span
      className="kpi-now"
      data-state={staleS > 0 ? 'stale' : 'live'}
      data-kpi={kpi}
      title={now?.meta?.formula ?? factsOf(kpi)[lang]}
    >
      {named ? `${(now?.meta ?? factsOf(kpi))[lang]} ` : null}
      <b>{text}</b>
      {staleS > 0 ? <i> {say('stale', { time: spokenSpan(staleS * 1_000, lang) })}</i> : null}
    </span>
  );
}

const OPS: Readonly<Record<CheckTerm['op'], (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};
/** Whether a check holds now, by word and shape; null: it cannot be said. */
export function holdsNow(check: Check, kpis: KpisNow, inEffect: boolean | null = null): boolean | null {
  if (check.inEffect && inEffect === false) return false;
  let holds: boolean | null = check.inEffect ? inEffect : true;
  for (const term of check.terms) {
    const now = kpis.get(kpiKey(term));
    const value = now?.row.quality === 'insufficient' ? null : (now?.row.value ?? null);
    if (value === null) holds = holds === false ? false : null;
    else if (!OPS[term.op](value, term.value)) return false;
  }
  return holds;
}
/** What a check is about, by the campaign's names: a service, a channel, a kind of complaint. */
function usePlacesOf(): (labels: Readonly<Record<string, string>>) => string {
  const { say, lang } = useWords();
  const campaign = useConsole((state) => state.campaign);
  return (labels) =>
    Object.entries(labels)
      .map(([name, value]) =>
        name === 'kind' && hasWord(`kind.${value}`)
          ? say(`kind.${value}` as WordKey)
          : placeName(campaign, name, value, lang),
      )
      .join(' ');
}
export function CheckLine({
  check,
  kpis,
  inEffect = null,
}: {
  check: Check;
  kpis: KpisNow;
  /** Whether the action of its step holds; null where there is no run. */
  inEffect?: boolean | null;
}): ReactElement {
  const { say, lang } = useWords();
  const format = useFormat();
  const placesOf = usePlacesOf();
  const holds = holdsNow(check, kpis, inEffect);
  return (
    <span className="check" data-holds={String(holds)}>
      <span className="check-mark" aria-hidden="true">
        {holds === null ? '?' : holds ? '●' : '○'}
      </span>{' '}
      {check.inEffect ? <span className="check-term">{say('inEffect')}</span> : null}
      {check.terms.map((term) => {
        const meta = kpis.get(kpiKey(term));
        const unit = meta?.row.unit;
        const labels = placesOf(term.labels);
        return (
          <span key={kpiKey(term) + term.op} className="check-term">
            {(meta?.meta ?? factsOf(term.kpi))[lang]}
            {labels === '' ? '' : ` ${labels}`} <small>{term.window}</small>{' '}
            <KpiNumber kpi={term.kpi} window={term.window} labels={term.labels} kpis={kpis} />{' '}
            <span className="check-limit">
              {term.op === '<=' ? '≤' : term.op === '>=' ? '≥' : term.op}{' '}
              {unit === undefined
                ? term.value
                : unit === 'ratio'
                  ? levelLine(term.value, format)
                  : figureLine(term.value, unit, format)}
            </span>
          </span>
        );
      })}
      <span className="sr-only">{say(holds === null ? 'unknown' : holds ? 'holds' : 'holdsNot')}</span>
    </span>
  );
}

/** What a check read at some moment against what it asks for, in one line: a record, not a figure of now. */
export function useReadingLine(kpis: KpisNow): (check: Check, values: readonly (number | null)[]) => string {
  const { say, lang } = useWords();
  const format = useFormat();
  const placesOf = usePlacesOf();
  return (check, values) =>
    [
      ...(check.inEffect ? [say('mustEffect')] : []),
      ...check.terms.map((term, place) => {
        const meta = kpis.get(kpiKey(term));
        const unit = meta?.row.unit;
        const line = (value: number): string =>
          unit === undefined
            ? String(value)
            : unit === 'ratio'
              ? levelLine(value, format)
              : figureLine(value, unit, format);
        const value = values[place] ?? null;
        return say('mustBe', {
          name: [(meta?.meta ?? factsOf(term.kpi))[lang], placesOf(term.labels)]
            .filter((part) => part !== '')
            .join(' '),
          value: value === null ? say('noValue') : line(value),
          op: term.op === '<=' ? '≤' : term.op === '>=' ? '≥' : term.op,
          limit: line(term.value),
        });
      }),
    ].join(lang === 'zh' ? '；' : '; ');
}
