import { useState } from 'react';
import type { IncidentCommandReply } from '#contract/incidents';
import { RequestFailed } from '../../net/http.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useIncidentWords } from './words.ts';

const OWN = ['incident_state', 'incident_times', 'conflict'] as const;
type Own = (typeof OWN)[number];
const isOwn = (code: string): code is Own => (OWN as readonly string[]).includes(code);

/** Sends what people do and keeps what was refused, in the reader's language. */
export function useActs(reload: () => void): {
  readonly refused: string;
  readonly clear: () => void;
  /** True when it was taken. */
  readonly send: (command: () => Promise<IncidentCommandReply>) => Promise<boolean>;
} {
  const { say } = useIncidentWords();
  const frame = useRefused();
  const [own, setOwn] = useState<Own | 'asked' | null>(null);
  const clear = (): void => {
    setOwn(null);
    frame.clear();
  };
  return {
    refused: own === 'asked' ? say('ask') : own === null ? frame.text : say(`refused.${own}`),
    clear,
    async send(command) {
      clear();
      try {
        await command();
        reload();
        return true;
      } catch (error) {
        const code = error instanceof RequestFailed ? error.code : 'network';
        if (code === 'version_conflict') setOwn('asked');
        else if (isOwn(code)) setOwn(code);
        else frame.take(error);
        reload();
        return false;
      }
    },
  };
}
