import { type FormEvent, type ReactElement, type ReactNode, useEffect, useRef } from 'react';
import { useFrameWords } from './words.ts';

export interface FormDialogProps {
  readonly id: string;
  readonly title: string;
  /** Words of the button that sends it. */
  readonly submit: string;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** Why it cannot be sent now; empty when it can. */
  readonly off?: string;
  readonly refused: string;
  readonly children: ReactNode;
}

/** A native dialog with one form: it takes the keyboard while it is open, and gives it back where it was. */
export function FormDialog(props: FormDialogProps): ReactElement {
  const { id, title, submit, onSubmit, onClose, off = '', refused, children } = props;
  const { say } = useFrameWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const box = dialog.current;
    if (!box?.open) box?.showModal();
    return () => box?.close();
  }, []);
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (off === '') onSubmit();
  };
  return (
    <dialog
      ref={dialog}
      className="proof form-dialog"
      aria-labelledby={`${id}-title`}
      data-testid={id}
      onClose={onClose}
    >
      <form onSubmit={send}>
        <h2 id={`${id}-title`}>{title}</h2>
        {children}
        <p role="alert" className="refused">
          {refused}
        </p>
        <p className="line">
          <button type="submit" className="button button-main" disabled={off !== ''} data-testid={`${id}-send`}>
            {submit}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {say('cancel')} <kbd>Esc</kbd>
          </button>
          {off === '' ? null : <span className="quiet">{off}</span>}
        </p>
      </form>
    </dialog>
  );
}
