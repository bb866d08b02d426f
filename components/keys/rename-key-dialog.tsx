"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { ask } from "#components/ui/answer.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog, DialogBody, DialogFoot } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { showNotSaved, showSaved } from "#components/ui/toaster.tsx";
import type { KeyView } from "#lib/keys/key-view.ts";
import { keyNameSchema } from "#lib/keys/schemas.ts";
import type { KeyActions } from "./key-actions.ts";

const formSchema = z.object({ name: keyNameSchema });

/** Another name; it shows at once and goes back if the server refuses. `onName` shows a name until the page is read again. */
export function RenameKeyDialog({
  keyView,
  actions,
  onName,
  onChanged,
  onClose,
  onClosed,
}: {
  keyView: KeyView;
  actions: KeyActions;
  onName: (keyId: string, name: string | undefined) => void;
  onChanged: (keyId: string) => void;
  onClose: () => void;
  onClosed: () => boolean;
}) {
  const form = useForm<z.infer<typeof formSchema>>({
    resolver: zodResolver(formSchema),
    mode: "onTouched",
    defaultValues: { name: keyView.name },
  });

  async function save(name: string, isUndo: boolean) {
    onName(keyView.id, name);
    const answer = await ask(() => actions.rename({ keyId: keyView.id, name }));
    if (!answer.ok) {
      onName(keyView.id, undefined);
      showNotSaved(answer.error.message, () => void save(name, isUndo));
      return;
    }
    onChanged(keyView.id);
    if (!isUndo) showSaved("Name saved", () => void save(keyView.name, true));
  }

  return (
    <Dialog isOpen onClose={onClose} onClosed={onClosed} title="Rename key" width="narrow" firstFocus="input">
      <form
        noValidate
        onSubmit={form.handleSubmit(({ name }) => {
          onClose();
          if (name !== keyView.name) void save(name, false);
        })}
      >
        <DialogBody>
          <Field
            label="Name"
            autoComplete="off"
            maxLength={64}
            help="Where it will be used. Only you see it."
            error={form.formState.errors.name?.message}
            {...form.register("name")}
          />
        </DialogBody>
        <DialogFoot>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Save name
          </Button>
        </DialogFoot>
      </form>
    </Dialog>
  );
}
