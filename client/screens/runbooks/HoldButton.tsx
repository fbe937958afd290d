import { type KeyboardEvent, type ReactElement, useEffect, useRef, useState } from 'react';

export const HOLD_MS = 1_000;

/** Does nothing unless it is held for a second, by pointer or by Space or Enter; letting go earlier does nothing. */
export function HoldButton({
  label,
  onHeld,
  disabled,
  testId,
}: {
  label: string;
  onHeld: () => void;
  disabled: boolean;
  testId: string;
}): ReactElement {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const [holding, setHolding] = useState(false);
  const stop = (): void => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  };
  const begin = (): void => {
    if (disabled || timer.current !== null) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      stop();
      onHeld();
    }, HOLD_MS);
  };
  const isOurs = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  return (
    <button
      type="button"
      className="button hold"
      data-testid={testId}
      data-holding={holding}
      disabled={disabled}
      onPointerDown={begin}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isOurs(event)) return;
        event.preventDefault();
        if (!event.repeat) begin();
      }}
      onKeyUp={(event) => {
        if (isOurs(event)) stop();
      }}
    >
      <span className="hold-fill" aria-hidden="true" />
      <span className="hold-label">{label}</span>
    </button>
  );
}
