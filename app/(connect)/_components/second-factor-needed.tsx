"use client";

import { ActionFailure } from "@/components/session/action-failure";
import { useAction } from "@/components/session/use-action";
import { Logo } from "@/components/shell/logo";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import type { ConsentRequest } from "@/lib/oauth/schema";
import { refuseConsentAction } from "../actions";

/** An agent asks that its person has signed in with a second factor, and they have none: they set one up, or refuse. */
export function SecondFactorNeeded({ request }: { request: ConsentRequest }) {
  const { client, server, uid } = request;
  const refuse = useAction(refuseConsentAction, {
    toastErrors: false,
    onSuccess: ({ location }) => window.location.assign(location),
  });
  return (
    <div className="flex flex-col">
      <Logo className="mx-auto size-11" />
      <h1 className="text-title text-ink mt-6 text-center font-semibold tracking-tight text-balance wrap-anywhere">
        {client.name} asks for a second factor
      </h1>
      <div className="bg-surface border-hairline shadow-control mt-6 flex flex-col gap-5 rounded-lg border p-6">
        <ActionFailure error={refuse.error} />
        <p className="text-body text-ink-2 text-pretty wrap-anywhere">
          To use {server.name} for you, it asks that you sign in with more than a password, and you have not. Set up an
          authenticator app: then you come back here, and read what it wants.
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button
            size="lg"
            busy={refuse.pending}
            onClick={() => (refuse.pending ? undefined : void refuse.run({ uid }))}
          >
            Refuse
          </Button>
          <ButtonLink
            variant="primary"
            size="lg"
            href={`/second-factor?returnTo=${encodeURIComponent(`/connect/${uid}`)}`}
          >
            Set up a second factor
          </ButtonLink>
        </div>
      </div>
    </div>
  );
}
