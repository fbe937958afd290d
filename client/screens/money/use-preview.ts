import { useEffect, useRef, useState } from 'react';
import type { Leg, MovePreview, MoveReply, MoveView, RailsChange } from '#contract/budget';
import type { AdviceCard } from '#contract/recommendations';
import { command } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';
import { useSending } from '../../panels/use-sending.ts';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

type Expected = Readonly<Record<string, number>>;
/** What is asked for: what was typed, a card as it is, a settled move taken back, new limits, or an emergency. */
export type PreviewAsk =
  | { readonly kind: 'changes'; readonly legs: readonly Leg[]; readonly expected: Expected }
  | { readonly kind: 'card'; readonly card: AdviceCard }
  | { readonly kind: 'undo'; readonly move: MoveView }
  | { readonly kind: 'limits'; readonly rails: RailsChange; readonly expected: Expected }
  | { readonly kind: 'emergency'; readonly legs: readonly Leg[]; readonly expected: Expected };

/** Path and body of a request; `validateOnly` asks what would happen. */
function requestOf(ask: PreviewAsk, reason: string): { path: string; body: object } {
  const path = '/budget/transfers';
  switch (ask.kind) {
    case 'undo':
      return { path: `${path}/${ask.move.id}/reverse`, body: { reason } };
    case 'card': {
      const { id, legs, expected } = ask.card;
      return { path, body: { legs, expected, reason, recommendationId: id } };
    }
    case 'limits':
      return { path, body: { legs: [], rails: [ask.rails], expected: ask.expected, reason } };
    case 'emergency':
      return { path, body: { legs: ask.legs, expected: ask.expected, reason, emergency: true } };
    case 'changes':
      return { path, body: { legs: ask.legs, expected: ask.expected, reason } };
  }
}
/** Typing settles before the server is asked, ms. */
const SETTLE_MS = 250;

/** What would happen, worked out by the server anew whenever the request or the money changes; and the sending of it. */
export function usePreview(ask: PreviewAsk | null, desk: Desk, onSent: (move: MoveView) => void) {
  const text = useMoneyText(desk.accounts);
  const [found, setFound] = useState<{ readonly key: string; readonly preview: MovePreview } | null>(null);
  const sending = useSending(text.failure);
  const { take, clear } = sending;
  const asked = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;
  const { revision } = desk.budget;
  const key = ask === null ? '' : JSON.stringify(requestOf(ask, ''));
  const known = found !== null && found.key === key;
  useEffect(() => {
    asked.current += 1;
    const mine = asked.current;
    const wanted = latest.current;
    if (wanted === null) return;
    const read = (): void => {
      const { path, body } = requestOf(wanted, 'preview');
      requestJson<MoveReply>(`/api/v1${path}`, { method: 'POST', body: { ...body, validateOnly: true } }).then(
        ({ preview }) => {
          if (mine !== asked.current || preview === null) return;
          clear();
          setFound((had) => ({
            key,
            // the same terms keep the token that the hold began with
            preview:
              had !== null && had.preview.confirm !== null && preview.terms === had.preview.terms && preview.confirm
                ? { ...preview, confirm: had.preview.confirm }
                : preview,
          }));
        },
        (error: unknown) => {
          if (mine === asked.current) take(error);
        },
      );
    };
    const timer = setTimeout(read, wanted.kind === 'limits' || wanted.kind === 'emergency' ? SETTLE_MS : 0);
    return () => clearTimeout(timer);
  }, [key, revision, take, clear]);
  useEffect(
    () => () => {
      asked.current += 1; // whatever comes now comes too late
    },
    [],
  );
  const preview = known && found !== null ? found.preview : null;
  const send = async (reason: string): Promise<void> => {
    if (preview === null || ask === null) return;
    const { path, body } = requestOf(ask, reason);
    const confirm = preview.confirm === null ? {} : { confirm: { token: preview.confirm.token } };
    await sending.send(async () => {
      const { move } = await command<MoveReply>('POST', path, { ...body, ...confirm });
      desk.told(move);
      if (move !== null) onSent(move);
    });
    desk.reload();
  };
  return { preview, sending, send };
}
