import type { ReactElement } from 'react';
import { useDeskWords } from '../../i18n/phone-words.ts';
import { useAlerts } from '../../state/alerts-store.ts';
import { useTicked } from '../../state/use-ticked.ts';
import { giveBack, takeAlerts } from './acts.ts';
import { useTold } from './told.ts';

/** What just became of a press, for ten seconds, with the way back. It lies over the list and moves nothing. */
export function ToldLine({ keys = false }: { keys?: boolean }): ReactElement {
  const { say } = useDeskWords();
  const told = useTold((state) => state.told);
  const leftS = useTicked((nowMs) => (told === null ? 0 : Math.max(0, Math.ceil((told.untilMs - nowMs) / 1_000))));
  const over = (id: string): void => {
    const alert = useAlerts.getState().byId.get(id);
    if (alert !== undefined) void takeAlerts([alert], { takeOver: true });
  };
  return (
    <div
      className="told"
      role="status"
      data-testid="told"
      data-refused={told?.refused ?? false}
      data-empty={told === null}
    >
      {told === null ? null : (
        <>
          <span>{told.text}</span>
          {told.undo === null ? null : (
            <button type="button" className="button" data-testid="undo" onClick={() => void giveBack(told.undo ?? [])}>
              {say('do.undo')} {keys ? <kbd>u</kbd> : null} <span aria-hidden="true">{leftS} s</span>
            </button>
          )}
          {told.takeOver === null ? null : (
            <button type="button" className="button" data-testid="take-over" onClick={() => over(told.takeOver ?? '')}>
              {say('do.takeOver')} {keys ? <kbd>o</kbd> : null}
            </button>
          )}
        </>
      )}
    </div>
  );
}
