import type { FormEvent, ReactElement } from 'react';
import { Dialog, DialogFoot, type DialogProps } from './Dialog.tsx';
import type { Sending } from './use-sending.ts';

export interface FormDialogProps extends Omit<DialogProps, 'kicker' | 'aside'> {
  /** Words of the button that sends it, and of the one that leaves it. */
  readonly submit: string;
  readonly exit: string;
  readonly onSubmit: (form: FormData) => void;
  /** Why it cannot be sent now; empty when it can. */
  readonly off?: string;
  /** Under way or refused: it is not sent twice, and what was typed stays. */
  readonly sending: Sending;
  /** Other words for what was refused. */
  readonly refused?: string;
}

/** A dialog with one form. */
export function FormDialog(props: FormDialogProps): ReactElement {
  const { id, submit, exit, onSubmit, off = '', sending, refused = sending.text, children, ...box } = props;
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (off === '' && !sending.busy) onSubmit(new FormData(event.currentTarget));
  };
  return (
    <Dialog className="proof form-dialog" {...box} id={id}>
      <form onSubmit={send}>
        {children}
        <DialogFoot id={id} refused={refused} off={off} exit={exit}>
          <button
            type="submit"
            className="button button-main"
            disabled={off !== '' || sending.busy}
            data-testid={`${id}-send`}
          >
            {submit}
          </button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
