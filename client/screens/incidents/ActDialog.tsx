import { type FormEvent, type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { useFrameWords } from '../frame/words.ts';
import { useIncidentWords } from './words.ts';

/** A form over the page. It closes when what it sent was taken; refused, it stays with all that was typed. */
export function ActDialog(props: {
  readonly title: string;
  readonly refused: string;
  readonly onSend: (data: FormData) => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { title, refused, onSend, onClose, children } = props;
  const { say } = useIncidentWords();
  const { say: frame } = useFrameWords();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    dialog.current?.showModal();
    // from a text field Enter sends the form, from a choice it does not
    dialog.current?.querySelector<HTMLInputElement>('input:not([type="checkbox"])')?.focus();
  }, []);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    onSend(new FormData(event.currentTarget)).then((taken) => {
      setBusy(false);
      if (taken) dialog.current?.close();
    });
  };
  return (
    <dialog ref={dialog} className="proof act" aria-labelledby="act-title" onClose={onClose} data-testid="act">
      <form onSubmit={submit}>
        <h2 id="act-title">{title}</h2>
        {children}
        <p role="alert" className="act-refused" data-testid="act-refused">
          {refused}
        </p>
        <p className="line">
          <button type="submit" className="button button-main" disabled={busy}>
            {say('send')}
          </button>
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {frame('cancel')} <kbd>Esc</kbd>
          </button>
        </p>
      </form>
    </dialog>
  );
}

export function Field(props: {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'number';
  readonly value?: string | number;
  readonly required?: boolean;
  readonly max?: number;
  readonly list?: string;
  readonly hint?: string;
}): ReactElement {
  const { name, label, type = 'text', value, required = false, max, list, hint } = props;
  return (
    <label className="field">
      {label}
      <input
        name={name}
        type={type}
        defaultValue={value}
        required={required}
        placeholder={hint}
        list={list}
        autoComplete="off"
        {...(type === 'number' ? { min: 0, max: 1_440 } : { maxLength: max })}
      />
    </label>
  );
}
/** What a form says under a name; undefined when it is empty. */
export function textOf(data: FormData, name: string): string | undefined {
  const text = String(data.get(name) ?? '').trim();
  return text === '' ? undefined : text;
}
