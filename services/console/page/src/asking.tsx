import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** What was filled in beside the reason, by its name. */
export type Filled = Readonly<Record<string, string>>;

interface AskingProps {
  readonly title: string;
  /** What the button that does it says. */
  readonly verb: string;
  readonly isDanger?: boolean;
  /** What has to be typed first. */
  readonly typed?: string;
  readonly children?: ComponentChildren;
  readonly onDo: (filled: Filled) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks why, and does it: every change asks in the same way. */
export function Asking({ title, verb, isDanger, typed, children, onDo, onClose }: AskingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const filled = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setError(undefined);
    try {
      await onDo(filled);
      dialog.current?.close();
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
      setBusy(false);
    }
  }
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="asking">
      <form onSubmit={submit}>
        <h2 id="asking">{title}</h2>
        {children}
        <label>
          Reason
          <input name="reason" required placeholder="it is kept with what is done" />
        </label>
        {typed !== undefined && (
          <label>
            <span>
              Type <code>{typed}</code> to confirm
            </span>
            <input name="confirmation" required pattern={typed} autocomplete="off" />
          </label>
        )}
        {error && (
          <p class="note bad" role="alert">
            {error}
          </p>
        )}
        <div class="row">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="submit" class={isDanger ? "danger" : "first"} disabled={busy}>
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** A button that opens an asking. */
export function Ask({
  name,
  isFirst,
  ...asking
}: Omit<AskingProps, "onClose"> & { readonly name: string; readonly isFirst?: boolean }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class={asking.isDanger ? "danger" : isFirst ? "first" : ""} onClick={() => setOpen(true)}>
        {name}
      </button>
      {open && <Asking {...asking} onClose={() => setOpen(false)} />}
    </>
  );
}
