import type { Metadata } from "next";
import { InviteForm } from "../_components/invite-form";

export const metadata: Metadata = { title: "Invitation" };

export default function Page() {
  return <InviteForm />;
}
