import type { Metadata } from "next";
import { ButtonLink } from "@/components/ui/button-link";
import { FormFrame } from "../_components/form-frame";

export const metadata: Metadata = { title: "Signed out" };

export default function SignedOutPage() {
  return (
    <FormFrame
      title="You are signed out"
      description="The session has ended, in this browser and on the server."
      action={
        <ButtonLink href="/sign-in" size="lg">
          Sign in again
        </ButtonLink>
      }
    />
  );
}
