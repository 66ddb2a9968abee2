import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button-link";
import { FormFrame } from "../_components/form-frame";

export const metadata: Metadata = { title: "Signed out" };

export default function SignedOutPage() {
  return (
    <FormFrame title="You are signed out" description="The session has ended, here and on the server.">
      <ButtonLink href="/sign-in" variant="primary" size="lg">
        Sign in again
      </ButtonLink>
    </FormFrame>
  );
}
