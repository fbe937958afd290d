import type { ReactElement } from 'react';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { useWords } from './words.ts';

/** Asks for a reason, or a result, and hands it on; whoever asked sends it and says what became of it. */
export function ReasonDialog({
  title,
  required,
  onDone,
  onClose,
}: {
  title: string;
  required: boolean;
  onDone: (text: string) => void;
  onClose: () => void;
}): ReactElement {
  const { say } = useWords();
  const sending = useSending(String);
  return (
    <FormDialog
      id="reason"
      title={title}
      className="proof reason"
      submit={say('confirm')}
      exit={say('back')}
      sending={sending}
      onClose={onClose}
      onSubmit={(form) => {
        const text = String(form.get('text')).trim();
        if (!required || text !== '') onDone(text);
      }}
    >
      <label>
        {say(required ? 'reason' : 'note')}
        <input name="text" maxLength={500} required={required} autoComplete="off" />
      </label>
    </FormDialog>
  );
}
