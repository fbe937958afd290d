import type { ReactElement, ReactNode } from 'react';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useSending } from '../../panels/use-sending.ts';
import { useWords } from './words.ts';

/** Asks for a reason, or a result, and hands it on; whoever asked sends it and says what became of it. */
export function ReasonDialog({
  title,
  required,
  field = true,
  confirm,
  children,
  onDone,
  onClose,
}: {
  title: string;
  required: boolean;
  /** Whether there is anything to type; without, one press of Enter answers it. */
  field?: boolean;
  /** Words of the answer. */
  confirm?: string;
  /** What to know before. */
  children?: ReactNode;
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
      {...(field ? {} : { first: '[data-testid="reason-send"]' })}
      submit={confirm ?? say('confirm')}
      exit={say('back')}
      sending={sending}
      onClose={onClose}
      onSubmit={(form) => {
        const text = String(form.get('text') ?? '').trim();
        if (!required || text !== '') onDone(text);
      }}
    >
      {children}
      {field ? (
        <label>
          {say(required ? 'reason' : 'note')}
          <input name="text" maxLength={500} required={required} autoComplete="off" />
        </label>
      ) : null}
    </FormDialog>
  );
}
