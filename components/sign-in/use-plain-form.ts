import { type ComponentProps, type FormEvent, startTransition, useActionState, useEffect, useRef } from "react";
import type { FormState } from "./form-state.ts";

type PlainForm = Pick<ComponentProps<"form">, "action" | "onSubmit" | "ref">;

/**
 * A form that a server action answers, before and after scripts load. Before, the browser sends it and the page comes back with
 * the answer. After, it is sent from here, because React empties a form whose action ran: what was typed stays, and the focus goes
 * to the field that was refused.
 */
export function usePlainForm(action: (before: FormState, form: FormData) => Promise<FormState>): {
  state: FormState;
  isPending: boolean;
  form: PlainForm;
} {
  const [state, submit, isPending] = useActionState(action, {});
  const ref = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (state.error) ref.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [state]);
  function onSubmit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    if (!isPending) startTransition(() => submit(typed));
  }
  return { state, isPending, form: { action: submit, onSubmit, ref } };
}
