import { type ReactElement, useEffect, useRef, useState } from 'react';
import { HOLD_MS, HoldButton } from '../../panels/HoldButton.tsx';
import { useLinkState } from '../../panels/LinkBanner.tsx';
import { useMoneyWords } from './words.ts';

/** Between the hold and the sending of what takes effect at once, ms: time to think better of it. */
export const COUNTDOWN_MS = 5_000;
const STEP_MS = 250;

/**
 * A costly act: held for a second, then counted down, and only then sent. Cancelled by its button, by Esc, when the link is lost,
 * or when what it is bound to changes meanwhile; then nothing is sent, now or later.
 */
export function HoldAct(props: {
  readonly label: string;
  readonly testId: string;
  readonly disabled: boolean;
  /** What the act is bound to: when it changes the countdown ends. */
  readonly boundTo: string;
  /** Words while it counts, with the seconds. */
  readonly counting?: 'approving' | 'cutting' | 'booking' | 'settling';
  readonly onSend: () => Promise<void>;
  /** Told while somebody holds, counts or sends: what is around the button stands still meanwhile. */
  readonly onStill?: (still: boolean) => void;
}): ReactElement {
  const { label, testId, disabled, boundTo, counting: words = 'approving', onSend, onStill } = props;
  const { say } = useMoneyWords();
  const offline = useLinkState() === 'offline';
  const [left, setLeft] = useState<{ ms: number; boundTo: string } | 'sending' | null>(null);
  const [holding, setHolding] = useState(false);
  const still = holding || left !== null;
  const told = useRef(onStill);
  told.current = onStill;
  useEffect(() => {
    if (!still) return;
    told.current?.(true);
    return () => told.current?.(false);
  }, [still]);
  const alive = useRef(true);
  const send = useRef(onSend);
  send.current = onSend;
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const counting = left !== null && left !== 'sending';
  const broken = counting && (offline || disabled || left.boundTo !== boundTo);
  useEffect(() => {
    if (broken) setLeft(null);
  }, [broken]);
  useEffect(() => {
    if (!counting) return;
    const beganAt = performance.now();
    const timer = setInterval(() => {
      const ms = COUNTDOWN_MS - (performance.now() - beganAt);
      if (ms > 0) {
        setLeft((had) => (had === null || had === 'sending' ? had : { ...had, ms }));
        return;
      }
      clearInterval(timer);
      setLeft('sending');
      void send.current().finally(() => {
        if (alive.current) setLeft(null);
      });
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [counting]);
  if (left === null)
    return (
      <HoldButton
        label={label}
        testId={testId}
        disabled={disabled}
        holdMs={HOLD_MS}
        onHeld={() => setLeft({ ms: COUNTDOWN_MS, boundTo })}
        onHolding={setHolding}
      />
    );
  if (left === 'sending') return <span role="status">{say('sending')}</span>;
  return (
    <span className="counting" data-testid={`${testId}-counting`}>
      <span role="status">{say(words, { s: Math.ceil(left.ms / 1_000) })}</span>
      <button
        type="button"
        className="button"
        // biome-ignore lint/a11y/noAutofocus: the way back is at hand while it counts
        autoFocus
        data-testid={`${testId}-cancel`}
        onClick={() => setLeft(null)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault(); // the dialog around it stays, with what was typed in it
          setLeft(null);
        }}
      >
        {say('cancelSend')} <kbd>Esc</kbd>
      </button>
    </span>
  );
}
