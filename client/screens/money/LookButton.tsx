import { type ReactElement, useState } from 'react';
import type { PlatformView } from '#contract/budget';
import { requestJson } from '../../net/http.ts';
import type { Desk } from './use-money.ts';
import { useMoneyWords } from './words.ts';

/** Reads a channel's platform now: what it showed some minutes ago proves nothing. Nothing for a channel without one. */
export function LookButton(props: {
  readonly channel: string | null;
  readonly desk: Desk;
  readonly onFailed: (error: unknown) => void;
}): ReactElement | null {
  const { channel, desk, onFailed } = props;
  const { say } = useMoneyWords();
  const [looking, setLooking] = useState(false);
  if (channel === null) return null;
  const look = (): void => {
    setLooking(true);
    requestJson<PlatformView>(`/api/v1/budget/platforms/${channel}/look`, { method: 'POST' })
      .then(desk.reload, onFailed)
      .finally(() => setLooking(false));
  };
  return (
    <button type="button" className="button" disabled={looking || desk.off !== ''} data-testid="look" onClick={look}>
      {say(looking ? 'looking' : 'look')}
    </button>
  );
}
