import type { ReactElement, ReactNode } from 'react';
import { FormDialog } from '../../panels/FormDialog.tsx';
import { useFrameWords } from '../frame/words.ts';
import type { useActs } from './use-acts.ts';
import { useIncidentWords } from './words.ts';

/** A form over the page. It closes when what it sent was taken; refused, it stays with all that was typed. */
export function ActDialog(props: {
  readonly title: string;
  readonly acts: ReturnType<typeof useActs>;
  readonly onSend: (data: FormData) => Promise<boolean>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { title, acts, onSend, onClose, children } = props;
  const { say } = useIncidentWords();
  const { say: frame } = useFrameWords();
  return (
    <FormDialog
      id="act"
      title={title}
      className="proof act"
      first='input:not([type="checkbox"])' // from a text field Enter sends the form, from a choice it does not
      submit={say('send')}
      exit={frame('cancel')}
      sending={acts}
      onClose={onClose}
      onSubmit={(form) => {
        void onSend(form).then((taken) => taken && onClose());
      }}
    >
      {children}
    </FormDialog>
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
