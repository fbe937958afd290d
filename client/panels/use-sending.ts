import { useCallback, useRef, useState } from 'react';

export interface Sending {
  /** From the press to the answer. */
  readonly busy: boolean;
  /** Why the last one was refused, in the reader's language; empty when it was not. */
  readonly text: string;
  /** One at a time: a second press while one is under way does nothing. True when it was taken. */
  readonly send: (act: () => Promise<unknown>) => Promise<boolean>;
  /** Shows a failure of something that was not sent from here. */
  readonly take: (error: unknown) => void;
  readonly clear: () => void;
}

/** What a form or a button sends: whether it is under way, and what it was answered. */
export function useSending(words: (error: unknown) => string): Sending {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<{ readonly error: unknown } | null>(null);
  const isUnderWay = useRef(false);
  const take = useCallback((error: unknown) => setFailed({ error }), []);
  const clear = useCallback(() => setFailed(null), []);
  const send = useCallback(async (act: () => Promise<unknown>): Promise<boolean> => {
    if (isUnderWay.current) return false;
    isUnderWay.current = true;
    setBusy(true);
    setFailed(null);
    try {
      await act();
      return true;
    } catch (error) {
      setFailed({ error });
      return false;
    } finally {
      isUnderWay.current = false;
      setBusy(false);
    }
  }, []);
  return { busy, text: failed === null ? '' : words(failed.error), send, take, clear };
}
