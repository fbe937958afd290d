import { type CSSProperties, type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import '../styles/dialogs.css';

export const HOLD_MS = 1_000;

/** Whoever held by a key still holds it: its repeats must not press whatever has the focus next, such as `Cancel`. */
function swallowRepeats(): void {
  const repeat = (event: globalThis.KeyboardEvent): void => {
    if (!event.repeat) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const up = (event: globalThis.KeyboardEvent): void => {
    event.preventDefault(); // Space presses a button when it is let go
    removeEventListener('keydown', repeat, true);
    removeEventListener('keyup', up, true);
  };
  addEventListener('keydown', repeat, true);
  addEventListener('keyup', up, true);
}

/** Further than this a pointer has left what it pressed, px; a finger that is held trembles less. */
const AWAY_PX = 24;

/**
 * Does nothing unless it is held for `holdMs`, by pointer or by Space or Enter; letting go earlier does nothing, nor does moving
 * away. Who holds still has not left it, wherever the page moves it meanwhile.
 */
export function HoldButton({
  label,
  onHeld,
  disabled,
  testId,
  holdMs = HOLD_MS,
  onHolding,
  comes = false,
}: {
  label: string;
  onHeld: () => void;
  disabled: boolean;
  testId: string;
  holdMs?: number;
  /** It is what comes next for whoever asked for it: it has the focus from its first moment, so that a key can hold it. */
  comes?: boolean;
  /** Told when a hold begins and ends, so that what is around it can stand still. */
  onHolding?: (holding: boolean) => void;
}): ReactElement {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const from = useRef({ x: 0, y: 0 });
  const [holding, setHolding] = useState(false);
  const told = useRef(onHolding);
  told.current = onHolding;
  useEffect(() => {
    if (!holding) return;
    told.current?.(true);
    return () => told.current?.(false);
  }, [holding]);
  const stop = (): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  };
  const begin = (byKey = false): void => {
    if (disabled || timer.current !== null) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      stop();
      if (byKey) swallowRepeats();
      onHeld();
    }, holdMs);
  };
  // what may no longer be done is not done because somebody began to hold while it might
  useEffect(() => {
    if (!disabled) return;
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  }, [disabled]);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (comes) button.current?.focus();
  }, [comes]);
  const isOurs = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return (
    <button
      ref={button}
      type="button"
      className="button hold"
      data-testid={testId}
      data-holding={holding}
      disabled={disabled}
      style={{ '--hold-ms': `${holdMs}ms` } as CSSProperties}
      onPointerDown={(event) => {
        from.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture(event.pointerId);
        begin();
      }}
      onPointerMove={({ clientX, clientY }) => {
        if (Math.hypot(clientX - from.current.x, clientY - from.current.y) > AWAY_PX) stop();
      }}
      onPointerUp={stop}
      onPointerCancel={stop}
      onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isOurs(event)) return;
        event.preventDefault();
        if (!event.repeat) begin(true);
      }}
      onKeyUp={(event) => {
        if (isOurs(event)) stop();
      }}
    >
      <span className="hold-fill" aria-hidden="true" />
      <span className="hold-label">
        {label}
        {comes ? (
          <>
            {' '}
            <kbd>Enter</kbd>
          </>
        ) : null}
      </span>
    </button>
  );
}
