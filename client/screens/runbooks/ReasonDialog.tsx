import { type FormEvent, type ReactElement, useEffect, useRef } from 'react';
import { useWords } from './words.ts';

/** Asks for a reason, or a result; Esc leaves it. What was typed stays until it was taken. */
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
  const dialog = useRef<HTMLDialogElement | null>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text')).trim();
    if (required && text === '') return;
    onDone(text);
  };
  return (
    <dialog ref={dialog} className="proof reason" onClose={onClose} data-testid="reason">
      <form onSubmit={submit}>
        <h2>{title}</h2>
        <label>
          {say(required ? 'reason' : 'note')}
          <input name="text" maxLength={500} required={required} autoComplete="off" />
        </label>
        <p className="row">
          <button type="submit" className="button button-main">
            {say('confirm')}
          </button>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {say('back')}
          </button>
        </p>
      </form>
    </dialog>
  );
}
