import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Leg, MovePreview, MoveReply, MoveView } from '#contract/budget';
import type { AdviceCard } from '#contract/recommendations';
import { command } from '../../net/command.ts';
import { requestJson } from '../../net/http.ts';
import { HOLD_MS, HoldButton } from '../runbooks/HoldButton.tsx';
import { PreviewFacts } from './PreviewFacts.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';

/** What is previewed: what was typed, a card as it is, or a settled move taken back. */
export type PreviewAsk =
  | { readonly kind: 'changes'; readonly legs: readonly Leg[]; readonly expected: Readonly<Record<string, number>> }
  | { readonly kind: 'card'; readonly card: AdviceCard }
  | { readonly kind: 'undo'; readonly move: MoveView };

/** Path and body of a request; `validateOnly` asks what would happen. */
function requestOf(ask: PreviewAsk, reason: string): { path: string; body: object } {
  if (ask.kind === 'undo') return { path: `/budget/transfers/${ask.move.id}/reverse`, body: { reason } };
  const { legs, expected } = ask.kind === 'card' ? ask.card : ask;
  const card = ask.kind === 'card' ? { recommendationId: ask.card.id } : {};
  return { path: '/budget/transfers', body: { legs, expected, reason, ...card } };
}

/** What would happen, who must agree, why; then hold to send. Nothing has been held or written before that. */
export function PreviewDialog(props: {
  readonly ask: PreviewAsk;
  readonly desk: Desk;
  readonly onClose: () => void;
  readonly onSent: (move: MoveView) => void;
}): ReactElement {
  const { ask, desk, onClose, onSent } = props;
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const [reason, setReason] = useState(() => firstReason(ask, text));
  const [preview, setPreview] = useState<MovePreview | null>(null);
  const [refused, setRefused] = useState('');
  const [sending, setSending] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = useRef(0);
  useEffect(() => {
    const box = dialog.current;
    if (!box?.open) box?.showModal();
    return () => box?.close();
  }, []);
  const { revision } = desk.budget;
  const failure = useRef(text.failure);
  failure.current = text.failure;
  // again whenever money changed: what is on the screen is what would happen now
  useEffect(() => {
    asked.current += 1;
    const mine = asked.current;
    const { path, body } = requestOf(ask, 'preview');
    requestJson<MoveReply>(`/api/v1${path}`, { method: 'POST', body: { ...body, validateOnly: true } }).then(
      (reply) => {
        if (mine !== asked.current) return;
        // the same terms keep the token that the hold began with
        setPreview((had) =>
          had !== null && had.confirm !== null && reply.preview?.terms === had.terms && reply.preview.confirm !== null
            ? { ...reply.preview, confirm: had.confirm }
            : reply.preview,
        );
      },
      (error: unknown) => {
        if (mine === asked.current) setRefused(failure.current(error));
      },
    );
  }, [ask, revision]);
  const off =
    desk.off !== ''
      ? desk.off
      : preview === null
        ? ''
        : preview.refusal !== null
          ? say('refused', { why: text.refusal(preview.refusal.code, violated(preview)) })
          : reason.trim() === ''
            ? say('needReason')
            : '';
  const ready = preview !== null && off === '';
  useEffect(() => {
    // a card brings its reason: the next key is the hold itself
    if (ready && ask.kind === 'card') dialog.current?.querySelector<HTMLButtonElement>('.hold')?.focus();
  }, [ready, ask]);
  const send = (): void => {
    if (preview === null || off !== '') return;
    const { path, body } = requestOf(ask, reason.trim());
    const confirm = preview.confirm === null ? {} : { confirm: { token: preview.confirm.token } };
    setSending(true);
    setRefused('');
    command<MoveReply>('POST', path, { ...body, ...confirm })
      .then(
        ({ move }) => {
          if (move !== null) onSent(move);
        },
        (error: unknown) => setRefused(text.failure(error)),
      )
      .finally(() => {
        setSending(false);
        desk.reload();
      });
  };
  const holdMs = preview?.confirm?.holdMs ?? HOLD_MS;
  const seconds = Math.round(holdMs / 1_000);
  return (
    <dialog
      ref={dialog}
      className="proof money-preview"
      aria-labelledby="preview-title"
      data-testid="preview-dialog"
      onClose={onClose}
    >
      <h2 id="preview-title">{say(ask.kind === 'undo' ? 'undoTitle' : 'previewTitle')}</h2>
      {preview === null ? (
        <p role="status">{refused === '' ? say('asking') : ''}</p>
      ) : (
        <PreviewFacts preview={preview} text={text} />
      )}
      <label className="field">
        {say('reason')}
        <input
          name="reason"
          maxLength={500}
          autoComplete="off"
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </label>
      <p role="alert" className="refused" data-testid="preview-refused">
        {refused}
      </p>
      <p className="line">
        <HoldButton
          label={sending ? say('sending') : say(preview?.confirm ? 'holdAlone' : 'holdSend', { s: seconds })}
          testId="send"
          holdMs={holdMs}
          disabled={preview === null || off !== '' || sending}
          onHeld={send}
        />
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {say('back')} <kbd>Esc</kbd>
        </button>
        {off === '' ? null : (
          <span className="preview-off" data-testid="preview-off">
            {off}
          </span>
        )}
      </p>
    </dialog>
  );
}

/** The bound that refuses it, for its numbers. */
const violated = ({ bounds, refusal }: MovePreview) =>
  bounds.find(({ code, violated: broken }) => broken && code === refusal?.code) ?? {};

function firstReason(ask: PreviewAsk, { say, name, amount }: ReturnType<typeof useMoneyText>): string {
  if (ask.kind === 'changes') return '';
  if (ask.kind === 'undo') return say('reasonUndo');
  const [leg] = ask.card.legs;
  return leg === undefined
    ? ''
    : say('reasonOf', { amount: amount(leg.amountMinor), from: name(leg.from), to: name(leg.to) });
}
