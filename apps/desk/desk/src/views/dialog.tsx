import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
  readonly testId?: string;
}

/** A modal dialog: the browser keeps the focus inside, Esc closes it, and the focus goes back to where it was. */
export const Dialog = ({ title, onClose, children, isWide = false, testId }: DialogProps): VNode => {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={isWide ? 'dialog dialog--wide' : 'dialog'}
      aria-labelledby={titleId}
      data-testid={testId}
      onClose={onClose}
      onKeyDown={(event) => {
        event.stopPropagation();
      }}
    >
      <header class="dialog__head">
        <h2 id={titleId}>{title}</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          ✕
        </button>
      </header>
      <div class="dialog__body">{children}</div>
    </dialog>
  );
};

interface FormDialogProps extends DialogProps {
  readonly submit: string;
  readonly submitTestId: string;
  readonly isDangerous?: boolean;
  readonly onSubmit: () => void;
}

/** A dialog that asks for something. */
export const FormDialog = ({
  submit,
  submitTestId,
  isDangerous = false,
  onSubmit,
  children,
  ...dialog
}: FormDialogProps): VNode => (
  <Dialog {...dialog}>
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
      <div class="form__buttons">
        <button type="button" class="button" onClick={dialog.onClose}>
          Cancel
        </button>
        <button
          type="submit"
          class={isDangerous ? 'button button--danger' : 'button button--primary'}
          data-testid={submitTestId}
        >
          {submit}
        </button>
      </div>
    </form>
  </Dialog>
);
