"use client";

import { SecretField } from "@/components/ui/secret-field";

/** An invitation's link, this once. Gatehouse sends no mail: whoever invites hands it over. */
export function InvitationLink({
  name,
  inviteUrl,
  onCopied,
}: {
  name: string;
  inviteUrl: string;
  onCopied: () => void;
}) {
  const masked = `${inviteUrl.split("#")[0] ?? ""}#…`;
  return (
    <div className="flex flex-col gap-3">
      <SecretField label="Invitation link" value={inviteUrl} masked={masked} onCopied={onCopied} />
      <p className="text-body text-ink-2">
        Gatehouse sends no e-mail: give the link to {name} yourself, over a channel that only they read. It works once,
        for 7 days. Whoever opens it first chooses the password.
      </p>
    </div>
  );
}
