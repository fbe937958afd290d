import { type ReactElement, type ReactNode, useEffect, useState } from 'react';
import '../i18n/scene-words.ts';
import type { KpisReply } from '#contract/kpis';
import { placeName } from '#contract/place-names';
import { useT } from '../i18n/t.ts';
import { RequestFailed, requestJson } from '../net/http.ts';
import { figureLine, formatFigure, plainNumber } from '../numbers/format.ts';
import { clockTime, spokenSpan, zoneName } from '../numbers/time.ts';
import { useConsole } from '../state/console-store.ts';
import { factsOf, kpiOfKey } from '../state/kpi-table.ts';
import { useFormat } from '../state/use-figure.ts';
import { Dialog, DialogExit } from './Dialog.tsx';
import { ProofSources } from './ProofSources.tsx';
import { closeProof, useProof } from './proof-state.ts';

type Row = KpisReply['kpis'][number];
type Proof = { readonly row: Row | null; readonly failed: string | null };

/** `gmv_paid@open|category=beauty` → the row of the reply that is this figure. Pure. */
export function rowOfKey(key: string, reply: KpisReply): Row | null {
  const [head = '', ...labels] = key.split('|');
  const [id, window] = head.split('@');
  const wanted = labels.sort().join('|');
  return (
    reply.kpis.find((row) => {
      const own = Object.entries(row.labels).map(([name, value]) => `${name}=${value}`);
      return row.id === id && row.window === window && own.sort().join('|') === wanted;
    }) ?? null
  );
}

function useProofOf(key: string | null): Proof | null {
  const [proof, setProof] = useState<{ key: string; proof: Proof } | null>(null);
  useEffect(() => {
    if (key === null) return;
    let left = false;
    const [head = '', ...labels] = key.split('|');
    const query = new URLSearchParams({ ids: head.split('@', 1)[0] ?? '', proof: '1' });
    if (labels.length > 0) query.set('labels', labels.join('|'));
    requestJson<KpisReply>(`/api/v1/kpis?${query}`)
      .then((reply) => !left && setProof({ key, proof: { row: rowOfKey(key, reply), failed: null } }))
      .catch((error: unknown) => {
        const failed = error instanceof RequestFailed ? error.code : 'internal';
        if (!left) setProof({ key, proof: { row: null, failed } });
      });
    return () => {
      left = true;
    };
  }, [key]);
  return proof && proof.key === key ? proof.proof : null;
}

/** Where a number comes from: its definition, the two sums it is made of, its window, and what each source sent. */
export default function ProofBox(): ReactElement | null {
  const { t, lang } = useT();
  const key = useProof((state) => state.figureKey);
  const proof = useProofOf(key);
  const campaign = useConsole((state) => state.campaign);
  if (key === null) return null;
  const names = factsOf(kpiOfKey(key));
  const of = key
    .split('|')
    .slice(1)
    .map((label) => {
      const at = label.indexOf('=');
      return placeName(campaign, label.slice(0, at), label.slice(at + 1), lang);
    })
    .join(' · ');
  const title = (
    <>
      {names[lang]}
      {of ? ` · ${of}` : ''} <code>{key}</code>
    </>
  );
  return (
    <Dialog id="proof" kicker={t('proof.title')} title={title} onClose={closeProof}>
      {proof === null ? <p>{t('app.loading')}</p> : null}
      {proof?.failed ? <p className="proof-failed">{t('proof.failed', { code: proof.failed })}</p> : null}
      {proof && !proof.failed && !proof.row ? <p>{t('fresh.empty')}</p> : null}
      {proof?.row ? <ProofFacts row={proof.row} /> : null}
      {proof?.row?.sources ? <ProofSources sources={proof.row.sources} /> : null}
      <p className="dialog-exit">
        <DialogExit words={t('proof.close')} />
      </p>
    </Dialog>
  );
}

function ProofFacts({ row }: { row: Row }): ReactElement {
  const { t, lang } = useT();
  const format = useFormat();
  const zone = useConsole((state) => state.campaign?.timeZone ?? 'Asia/Shanghai');
  const whole = (value: number | null): string =>
    value === null ? '—' : plainNumber(value, lang, Number.isInteger(value) ? 0 : 2);
  const inUnit = (value: number): string => figureLine(value, row.unit, format);
  const exact = row.value === null ? '—' : `${inUnit(row.value)} (${formatFigure(row.value, row.unit, format).exact})`;
  const fact = (name: string, value: ReactNode): ReactElement => (
    <div className="proof-fact">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl className="proof-facts">
      {row.meta ? fact(t('proof.formula'), <code>{row.meta.formula}</code>) : null}
      {fact(t('proof.value'), exact)}
      {fact(t('proof.numerator'), whole(row.numerator))}
      {fact(t('proof.denominator'), whole(row.denominator))}
      {fact(
        t('proof.window'),
        `${row.window} · [${clockTime(row.fromMs, zone)}, ${clockTime(row.toMs, zone)}) ${zoneName(row.toMs, zone, lang)}`,
      )}
      {fact(t('proof.resolution'), spokenSpan(row.resolutionMs, lang))}
      {fact(t('proof.quality'), `${t(`quality.${row.quality}`)}${row.missing ? ` (${row.missing})` : ''}`)}
      {typeof row.plan === 'number' ? fact(t('proof.plan'), inUnit(row.plan)) : null}
      {typeof row.target === 'number' ? fact(t('proof.target'), inUnit(row.target)) : null}
      {typeof row.lastYear === 'number' ? fact(t('proof.lastYear'), inUnit(row.lastYear)) : null}
      {row.estimate ? fact(t('fresh.estimate'), 'HyperLogLog ±0.81%') : null}
      {row.meta?.note ? fact(t('proof.note'), row.meta.note) : null}
    </dl>
  );
}
