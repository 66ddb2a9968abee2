import "server-only";
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { fieldError } from "@/lib/errors";
import { isWebhookSecret } from "./receivers/webhook";
import { secretUse, type SinkSettings } from "./settings";

/**
 * Throws `validation_failed` (fields `secret`, `settings.…`) for what would fail at every try: a secret that is missing or of the wrong
 * form, certificates that are none.
 */
export function requireUsable(sink: SinkSettings, secret: string | null): void {
  const needed = secretUse(sink) === "needed";
  if (needed && secret === null) throw fieldError("validation_failed", "secret", "This place needs a secret.");
  if (!needed && secret !== null)
    throw fieldError("validation_failed", "secret", "These settings make no use of a secret.");
  const { caPem } = sink.settings;
  if (caPem !== undefined && !areCertificates(caPem))
    throw fieldError("validation_failed", "settings.caPem", "This is no certificate that can be read.");
  if (sink.kind === "webhook" && !isWebhookSecret(secret ?? ""))
    throw fieldError(
      "validation_failed",
      "secret",
      "A webhook's secret is whsec_ and 24 to 64 bytes in base64. Leave it out to have one made.",
    );
  if (sink.kind === "syslog" && sink.settings.clientCertPem !== undefined)
    requireKeyOfCertificate(sink.settings.clientCertPem, secret ?? "");
}

function requireKeyOfCertificate(cert: string, key: string): void {
  if (!areCertificates(cert))
    throw fieldError("validation_failed", "settings.clientCertPem", "This is no certificate that can be read.");
  if (!doesNotThrow(() => createSecureContext({ cert, key })))
    throw fieldError("validation_failed", "secret", "This is not the private key of the certificate, in PEM.");
}

/** TLS itself skips what it cannot read, and trusts nothing then. */
function areCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.length > 0 && blocks.every((block) => doesNotThrow(() => new X509Certificate(block)));
}

function doesNotThrow(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
