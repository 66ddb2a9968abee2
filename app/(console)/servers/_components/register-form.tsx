"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/session/use-action";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { createServerAction } from "../actions";
import { EMPTY_SERVER, missingInServer, toServerInput } from "./server-draft";
import { ServerFields } from "./server-fields";
import { tabHref } from "./server-tabs";

/** Registers a server, then leads to the import of its tools. Nothing typed is lost by an error. */
export function RegisterForm() {
  const router = useRouter();
  const [draft, setDraft] = useState(EMPTY_SERVER);
  const { run, pending, error, fieldErrors } = useAction(createServerAction, {
    success: (server) => `${server.name} is registered`,
    onSuccess: (server) => router.push(tabHref(server.id, "tools", "import=1")),
    toastErrors: false,
  });
  return (
    <form
      noValidate
      className="flex max-w-2xl flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void run(toServerInput(draft));
      }}
    >
      <Card>
        <ServerFields
          draft={draft}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          fieldErrors={fieldErrors}
        />
      </Card>
      {error && error.fields.length === 0 ? (
        <Callout tone="deny" alert title={error.title}>
          {error.detail}
        </Callout>
      ) : null}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" variant="primary" busy={pending} disabledReason={missingInServer(draft)}>
          Register, then import its tools
        </Button>
        <ButtonLink href="/servers" variant="ghost">
          Cancel
        </ButtonLink>
      </div>
    </form>
  );
}
