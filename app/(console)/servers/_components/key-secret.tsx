"use client";

import { CodeBlock } from "@/components/ui/code-block";
import { SecretField } from "@/components/ui/secret-field";

/** A key's secret, this once, and the lines for the server's environment: masked on the screen, whole when copied. */
export function KeySecret({
  secret,
  masked,
  gatehouseUrl,
  onCopied,
}: {
  secret: string;
  masked: string;
  gatehouseUrl: string;
  onCopied: () => void;
}) {
  const lines = (key: string) => `GATEHOUSE_URL=${gatehouseUrl}\nGATEHOUSE_SERVER_KEY=${key}\n`;
  return (
    <div className="flex flex-col gap-4">
      <SecretField label="Server key" value={secret} masked={masked} onCopied={onCopied} />
      <CodeBlock
        label=".env of the server, copied with the whole key"
        wrap
        code={lines(masked)}
        copyAs={lines(secret)}
        onCopied={onCopied}
      />
    </div>
  );
}
