import { type ReactElement, useEffect, useRef } from 'react';
import { useT } from '../i18n/t.ts';
import { useLooking } from '../net/unanswered.ts';

/** No answer is no refusal: what the console is finding out, and then what it was. On every page, over an open dialog too. */
export function Unanswered(): ReactElement {
  const state = useLooking();
  const { t } = useT();
  const box = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (state === null) return;
    box.current?.showPopover?.(); // opened anew it comes above a dialog that was opened meanwhile
    return () => box.current?.hidePopover?.();
  }, [state]);
  return (
    <p
      ref={box}
      popover="manual"
      role="status"
      className="unanswered"
      data-testid="unanswered"
      data-state={state ?? 'none'}
    >
      {state === null ? '' : t(`command.${state}`)}
    </p>
  );
}
