import { useState } from 'react';
import type { CommandReply, Run } from '#contract/runbooks';
import { RequestFailed } from '../../net/http.ts';

export const asRefused = (error: unknown): RequestFailed =>
  error instanceof RequestFailed ? error : new RequestFailed('network', 0, String(error));

/** Commands of one run, one at a time: while the answer of one is looked for, nothing else of the run may be pressed. */
export function useActs({ apply, reload }: { apply: (run: Run) => void; reload: () => void }): {
  readonly sending: boolean;
  readonly refused: RequestFailed | null;
  readonly setRefused: (refused: RequestFailed | null) => void;
  /** null: it was refused. */
  readonly send: (command: () => Promise<CommandReply>) => Promise<CommandReply | null>;
} {
  const [sending, setSending] = useState(false);
  const [refused, setRefused] = useState<RequestFailed | null>(null);
  const send = async (command: () => Promise<CommandReply>): Promise<CommandReply | null> => {
    setRefused(null);
    setSending(true);
    try {
      const done = await command();
      apply(done.run);
      return done;
    } catch (error) {
      setRefused(asRefused(error));
      reload();
      return null;
    } finally {
      setSending(false);
    }
  };
  return { sending, refused, setRefused, send };
}
