import type { IncomingMessage, ServerResponse } from "node:http";
import { env } from "@/lib/env";
import { jobCtx } from "@/lib/job-ctx";
import { log } from "@/lib/log";
import { reapAllOAuth } from "@/lib/oauth/reap";
import { knownKeyRing, refreshKeyRing, type KeyRing } from "@/lib/oauth/signing-keys";
import { registerAssertionGrant } from "./assertion-grant";
import { engineConfiguration } from "./configuration";
import { tellWhatIsOpen } from "./discovery";
import { guardDeviceFlow } from "./device-flow";
import { registerExchangeGrant } from "./exchange-grant";
import { Provider } from "./library";
import { adoptModels } from "./models";
import { registerRefreshGrant } from "./refresh-grant";
import { watchRefusals } from "./refusals";

/** How often the keys are read anew: a new one is published a day before it signs. */
const REFRESH_KEYS_MS = 60_000;
/** How often what is over is forgotten. Several processes may do so at once. */
const REAP_MS = 300_000;

export type Callback = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

const identityOf = ({ signer, publicKeys }: KeyRing): string => [signer, ...publicKeys.keys()].join(" ");

/** The OAuth engine of this process. It holds nothing between two requests but the keys, and is made anew when those change. */
export class OAuthEngine {
  #built: { identity: string; callback: Callback } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #reaper: NodeJS.Timeout | null = null;
  #closed = false;

  /** Reads the keys, makes the first one where there is none, and keeps them fresh. Never throws: where the database is away it tries on. */
  async start(): Promise<void> {
    await this.#refresh();
    this.#reaper = setInterval(() => {
      reapAllOAuth(jobCtx("oauth-keys")).catch((error: unknown) =>
        log.warn({ err: error }, "What is over could not be forgotten"),
      );
    }, REAP_MS).unref();
  }

  async #refresh(): Promise<void> {
    let soon = REFRESH_KEYS_MS;
    try {
      await refreshKeyRing(jobCtx("oauth-keys"));
    } catch (error) {
      soon = knownKeyRing() ? REFRESH_KEYS_MS : 1_000;
      log.warn({ err: error }, "The keys that sign OAuth tokens could not be read");
    }
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#refresh(), soon).unref();
  }

  /** What answers a request now; null where no key is known yet. */
  callback(): Callback | null {
    const ring = knownKeyRing();
    if (!ring) return null;
    const identity = identityOf(ring);
    if (this.#built?.identity !== identity) this.#built = { identity, callback: buildEngine(ring) };
    return this.#built.callback;
  }

  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    if (this.#reaper) clearInterval(this.#reaper);
  }
}

function buildEngine(ring: KeyRing): Callback {
  const provider = new Provider(env().GATEHOUSE_URL, engineConfiguration(ring));
  // The authority tells it the public scheme, whoever ended TLS before it.
  provider.proxy = true;
  const sign = adoptModels(provider);
  registerRefreshGrant(provider, sign);
  registerExchangeGrant(provider, sign);
  registerAssertionGrant(provider, sign);
  guardDeviceFlow(provider);
  watchRefusals(provider);
  tellWhatIsOpen(provider);
  const callback = provider.callback();
  return (request, response) => callback(request, response);
}
