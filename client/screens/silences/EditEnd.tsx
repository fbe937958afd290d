import { type ReactElement, useState } from 'react';
import type { SilenceView } from '#contract/alerts';
import { command } from '../../net/command.ts';
import { nextAt } from '../../numbers/zone.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { nowOfServer, useZone } from '../frame/use-now.ts';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { matcherText } from './draft.ts';
import { type EndChoice, EndFields, NO_END } from './EndFields.tsx';
import { useSilenceWords } from './words.ts';

/** Another end for a silence, counted from now. */
export function EditEnd(props: {
  readonly silence: SilenceView;
  readonly onClose: () => void;
  readonly onDone: () => void;
}): ReactElement {
  const { say } = useSilenceWords();
  const { say: frame } = useFrameWords();
  const zone = useZone();
  const sending = useRefused();
  const [end, setEnd] = useState<EndChoice>(NO_END);
  const { id, matchers, startsAt, comment } = props.silence;
  const off =
    end.minutes === null && end.until === ''
      ? say('needEnd')
      : end.until !== '' && nextAt(end.until, zone, 0) === null
        ? say('badTime')
        : '';
  const send = (): void => {
    const nowMs = nowOfServer() ?? Date.now();
    const endsAt = end.minutes === null ? nextAt(end.until, zone, nowMs) : nowMs + end.minutes * 60_000;
    const body = { matchers, startsAt, endsAt, comment };
    void sending.send(() => command('PUT', `/silences/${encodeURIComponent(id)}`, body).then(props.onDone));
  };
  return (
    <FormDialog
      id="edit-end"
      title={say('edit')}
      submit={say('saveEnd')}
      exit={frame('cancel')}
      onSubmit={send}
      onClose={props.onClose}
      off={off}
      sending={sending}
    >
      <p>
        <code>{matchers.map(matcherText).join(' ')}</code>
      </p>
      <EndFields value={end} onChange={setEnd} />
    </FormDialog>
  );
}
