import { createContext, type ReactElement, type ReactNode, useContext, useLayoutEffect, useRef } from 'react';
import '../styles/dialogs.css';

const Close = createContext<() => void>(() => undefined);

export interface DialogProps {
  /** Its `data-testid`, and the root of the heading's id. */
  readonly id: string;
  readonly title: ReactNode;
  /** A line above the heading, and what stands beside it. */
  readonly kicker?: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  /** Selector of what has the keyboard first; the first control when absent. */
  readonly first?: string;
  /** Called once when it is left: by Esc, by its button, or by `useCloseDialog`. Taking it out of the page is enough, too. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * The one dialog of every screen: open for as long as it is in the page, over everything else. It keeps the keyboard inside, Esc
 * leaves it, and the keyboard goes back to where it was, however it goes.
 */
export function Dialog(props: DialogProps): ReactElement {
  const { id, title, kicker, aside, className = 'proof', first, onClose, children } = props;
  const box = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    if (first !== undefined) dialog?.querySelector<HTMLElement>(first)?.focus();
    // while it is still there: a dialog that is taken away open takes the keyboard with it
    return () => dialog?.close();
  }, [first]);
  const heading = <h2 id={`${id}-title`}>{title}</h2>;
  return (
    <dialog
      ref={box}
      className={className}
      aria-labelledby={`${id}-title`}
      data-testid={id}
      onClose={(event) => {
        if (event.target === event.currentTarget) onClose(); // not one that is open inside it
      }}
    >
      <Close.Provider value={() => box.current?.close()}>
        {kicker === undefined ? null : <p className="proof-kicker">{kicker}</p>}
        {aside === undefined ? (
          heading
        ) : (
          <header className="dialog-head">
            {heading}
            {aside}
          </header>
        )}
        {children}
      </Close.Provider>
    </dialog>
  );
}
/** Leaves the dialog around it, as Esc does. */
export const useCloseDialog = (): (() => void) => useContext(Close);

/** The way out, in words. */
export function DialogExit({ words, className = 'button' }: { words: string; className?: string }): ReactElement {
  const close = useCloseDialog();
  return (
    <button type="button" className={className} onClick={close}>
      {words} <kbd>Esc</kbd>
    </button>
  );
}

/** How a dialog ends that does something: what was refused, the act, the way out, and why the act cannot be done now. */
export function DialogFoot(props: {
  readonly id: string;
  readonly refused: string;
  /** Empty when it can be done. */
  readonly off: string;
  readonly exit: string;
  /** The act, and what else there is instead. */
  readonly children: ReactNode;
  readonly more?: ReactNode;
}): ReactElement {
  const { id, refused, off, exit, children, more } = props;
  return (
    <>
      <p role="alert" className="refused" data-testid={`${id}-refused`}>
        {refused}
      </p>
      <p className="dialog-foot">
        {children}
        <DialogExit words={exit} />
        {more}
        {off === '' ? null : (
          <span className="dialog-off" data-testid={`${id}-off`}>
            {off}
          </span>
        )}
      </p>
    </>
  );
}
