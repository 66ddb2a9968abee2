import "server-only";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";

/**
 * Throws `bad_origin` where another page than our own asked. A link elsewhere could otherwise make a signed-in person's browser read
 * or export the log, and leave an entry in that person's name. Browsers that send no Sec-Fetch-Site must name us as Referer or Origin.
 */
export function requireOwnPage(headers: Headers): void {
  const site = headers.get("sec-fetch-site");
  const from = headers.get("origin") ?? headers.get("referer");
  const own =
    site === null
      ? from !== null && URL.canParse(from) && new URL(from).origin === env().GATEHOUSE_URL
      : site === "same-origin";
  if (!own) throw new GatehouseError("bad_origin");
}
