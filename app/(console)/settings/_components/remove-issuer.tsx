"use client";

import { ConfirmAction } from "@/components/session/confirm-action";
import type { TrustedIssuerDto } from "@/lib/oauth/issuer-schema";
import { removeTrustedIssuerAction } from "../actions";
import { peopleWords } from "./issuer-words";

/** Asks before an identity provider is taken off the list, and says what that cuts off. */
export const RemoveIssuer = ({ issuer, onClose }: { issuer: TrustedIssuerDto; onClose: () => void }) => (
  <ConfirmAction
    action={removeTrustedIssuerAction}
    input={{ issuer: issuer.issuer }}
    success="The provider is removed"
    forbidden="Only an owner may change whose word counts."
    title={
      <>
        Remove <span className="mono wrap-anywhere">{issuer.issuer}</span>?
      </>
    }
    consequence={`It speaks for ${peopleWords(issuer.linkedPeople)}. From now on no agent gets access by its word. What it let in before lives out its time, which is one access token; end connected agents to stop it now. Signing in with accounts there goes on.`}
    confirmLabel="Remove provider"
    onClose={onClose}
  />
);
