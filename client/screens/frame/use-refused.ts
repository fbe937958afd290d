import { useCallback, useState } from 'react';
import { RequestFailed } from '../../net/http.ts';
import { useFrameWords } from './words.ts';

type RefusedKey = 'refused.network';
const KNOWN = new Set([
  'network',
  'forbidden',
  'not_found',
  'version_conflict',
  'silence_times',
  'silence_expired',
  'unsafe_pattern',
  'validation',
  'rules_invalid',
  'out_of_range',
]);

/** What the server refused last, in the reader's language; its own words only where no table can know them. */
export function useRefused(): {
  readonly text: string;
  readonly clear: () => void;
  readonly take: (error: unknown) => void;
} {
  const { say } = useFrameWords();
  const [failed, setFailed] = useState<{ code: string; why: string } | null>(null);
  const take = useCallback((error: unknown) => {
    if (error instanceof RequestFailed) setFailed({ code: error.code, why: error.message });
    else setFailed({ code: 'network', why: '' }); // nobody said no
  }, []);
  const clear = useCallback(() => setFailed(null), []);
  if (failed === null) return { text: '', clear, take };
  const key = KNOWN.has(failed.code) ? (`refused.${failed.code}` as RefusedKey) : 'refused.other';
  return { text: say(key, failed), clear, take };
}
