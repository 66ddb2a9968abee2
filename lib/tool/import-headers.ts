import "server-only";
import { fieldError } from "@/lib/errors";

/** Headers that belong to the connection or to the protocol, not to whoever imports. */
const RESERVED =
  /^(host|connection|keep-alive|content-.*|transfer-encoding|upgrade|te|trailer|expect|accept|proxy-.*|mcp-.*|last-event-id)$/i;
/** What may stand in a header's value (RFC 9110 §5.5). */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Throws `validation_failed` (field `headers.<name>`) for a header that cannot be sent along. Never tells its value. */
export function requireSendableHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (RESERVED.test(name))
      throw fieldError("validation_failed", `headers.${name}`, `The header ${name} is set by the protocol itself.`);
    if (!VALUE.test(value))
      throw fieldError(
        "validation_failed",
        `headers.${name}`,
        `The header ${name} holds a character that cannot be sent.`,
      );
  }
}
