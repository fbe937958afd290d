import { RequestFailed } from '../../net/http.ts';
import { type Sending, useSending } from '../../panels/use-sending.ts';
import { useRefusalWords } from '../frame/use-refused.ts';
import { useIncidentWords } from './words.ts';

const OWN = ['incident_state', 'incident_times', 'incident_alerts_firing', 'incident_open', 'conflict'] as const;
type Own = (typeof OWN)[number];
const isOwn = (code: string): code is Own => (OWN as readonly string[]).includes(code);

/** Sends what people do and keeps what was refused, in the reader's language; afterwards everything is read again. */
export function useActs(reload: () => void): Sending {
  const { say } = useIncidentWords();
  const frame = useRefusalWords();
  const sending = useSending((error) => {
    const code = error instanceof RequestFailed ? error.code : 'network';
    return code === 'version_conflict' ? say('ask') : isOwn(code) ? say(`refused.${code}`) : frame(error);
  });
  return { ...sending, send: (act) => sending.send(() => act().finally(reload)) };
}
