import { type ReactElement, useState } from 'react';
import { post } from '../../net/command.ts';
import { FormDialog } from '../frame/FormDialog.tsx';
import { useRefused } from '../frame/use-refused.ts';
import { useTimelineWords } from './words.ts';

/** One line for the record, by whoever is signed in. */
export function NoteDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { say } = useTimelineWords();
  const refused = useRefused();
  const [text, setText] = useState('');
  return (
    <FormDialog
      id="note"
      title={say('note')}
      submit={say('noteSend')}
      off={text.trim() === '' ? say('noteText') : ''}
      refused={refused.text}
      onClose={onClose}
      onSubmit={() => {
        refused.clear();
        post('/timeline/notes', { text: text.trim() }).then(onClose, refused.take);
      }}
    >
      <label className="field">
        {say('noteText')}
        <input name="text" maxLength={2_000} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
    </FormDialog>
  );
}
