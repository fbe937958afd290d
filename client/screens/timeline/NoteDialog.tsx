import { type ReactElement, useState } from 'react';
import { post } from '../../net/command.ts';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useRefused } from '../frame/use-refused.ts';
import { useFrameWords } from '../frame/words.ts';
import { useTimelineWords } from './words.ts';

/** One line for the record, by whoever is signed in. */
export function NoteDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { say } = useTimelineWords();
  const { say: frame } = useFrameWords();
  const sending = useRefused();
  const [text, setText] = useState('');
  return (
    <FormDialog
      id="note"
      title={say('note')}
      submit={say('noteSend')}
      exit={frame('cancel')}
      off={text.trim() === '' ? say('noteText') : ''}
      sending={sending}
      onClose={onClose}
      onSubmit={() => void sending.send(() => post('/timeline/notes', { text: text.trim() }).then(onClose))}
    >
      <label className="field">
        {say('noteText')}
        <input name="text" maxLength={2_000} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
    </FormDialog>
  );
}
