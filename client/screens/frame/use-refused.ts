import { RequestFailed } from '../../net/http.ts';
import { type Sending, useSending } from '../../panels/use-sending.ts';
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

/** Words for what the server refused; its own only where no table can know them. */
export function useRefusalWords(): (error: unknown) => string {
  const { say } = useFrameWords();
  return (error) => {
    const { code, message } =
      error instanceof RequestFailed ? error : { code: 'network', message: '' } /* nobody said no */;
    return say(KNOWN.has(code) ? (`refused.${code}` as RefusedKey) : 'refused.other', { code, why: message });
  };
}
/** What a page sends, and what of it was refused last. */
export const useRefused = (): Sending => useSending(useRefusalWords());
