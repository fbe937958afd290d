import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import type { MovePreview, MoveView } from '#contract/budget';
import { HOLD_MS, HoldButton } from '../runbooks/HoldButton.tsx';
import { HoldAct } from './HoldAct.tsx';
import { PreviewFacts } from './PreviewFacts.tsx';
import type { Desk } from './use-money.ts';
import { useMoneyText } from './use-money-text.ts';
import { type PreviewAsk, usePreview } from './use-preview.ts';

const TITLES = {
  changes: 'previewTitle',
  card: 'previewTitle',
  undo: 'undoTitle',
  limits: 'limitsTitle',
  emergency: 'emergencyTitle',
} as const;

/**
 * What would happen, who must agree, why; then hold to send. Nothing has been held or written before that. What a form asks for
 * stands above; `ask` is null as long as the form cannot be read, and `wrong` says why.
 */
export function PreviewDialog(props: {
  readonly ask: PreviewAsk | null;
  readonly kind: PreviewAsk['kind'];
  readonly desk: Desk;
  readonly wrong?: string;
  readonly children?: ReactNode;
  /** A move that the reserve would not allow may be asked for as an emergency. */
  readonly onEmergency?: () => void;
  readonly onClose: () => void;
  readonly onSent: (move: MoveView) => void;
}): ReactElement {
  const { ask, kind, desk, wrong = '', children, onEmergency, onClose, onSent } = props;
  const text = useMoneyText(desk.accounts);
  const { say } = text;
  const [reason, setReason] = useState(() => (ask === null ? '' : firstReason(ask, text)));
  const { preview, refused, sending, send } = usePreview(ask, desk, onSent);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (!box?.open) box?.showModal();
    return () => box?.close();
  }, []);
  const off =
    desk.off !== ''
      ? desk.off
      : wrong !== ''
        ? wrong
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
    if (ready && kind === 'card') dialog.current?.querySelector<HTMLButtonElement>('.hold')?.focus();
  }, [ready, kind]);
  const holdMs = preview?.confirm?.holdMs ?? HOLD_MS;
  const seconds = Math.round(holdMs / 1_000);
  const alone = preview !== null && preview.seats.length === 0;
  const disabled = !ready || sending;
  const act = async (): Promise<void> => {
    if (ready) await send(reason.trim());
  };
  return (
    <dialog
      ref={dialog}
      className="proof money-preview"
      aria-labelledby="preview-title"
      data-testid="preview-dialog"
      onClose={onClose}
    >
      <h2 id="preview-title">{say(TITLES[kind])}</h2>
      {children}
      {preview === null ? (
        <p role="status">{ask !== null && refused === '' ? say('asking') : ''}</p>
      ) : (
        <PreviewFacts preview={preview} text={text} ask={ask} accounts={desk.accounts} />
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
        {preview?.tier === 'T4' ? (
          <HoldAct
            label={say('holdCut')}
            counting="cutting"
            testId="send"
            disabled={disabled}
            boundTo={preview.terms}
            onSend={act}
          />
        ) : (
          <HoldButton
            label={sending ? say('sending') : say(alone ? 'holdAlone' : 'holdSend', { s: seconds })}
            testId="send"
            holdMs={holdMs}
            disabled={disabled}
            onHeld={() => void act()}
          />
        )}
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {say('back')} <kbd>Esc</kbd>
        </button>
        {onEmergency !== undefined && preview?.refusal?.code === 'reserve_breach' ? (
          <button
            type="button"
            className="button"
            disabled={desk.off !== ''}
            data-testid="to-emergency"
            onClick={onEmergency}
          >
            {say('toEmergency')}
          </button>
        ) : null}
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
  if (ask.kind === 'undo') return say('reasonUndo');
  if (ask.kind !== 'card') return '';
  const [leg] = ask.card.legs;
  return leg === undefined
    ? ''
    : say('reasonOf', { amount: amount(leg.amountMinor), from: name(leg.from), to: name(leg.to) });
}
