import "server-only";
import { isIP } from "node:net";
import { connect, type TLSSocket } from "node:tls";
import { refusedAddress, type Reach } from "@/lib/outgoing/address";
import { outgoingFailure } from "@/lib/outgoing/failure";
import { addressRefused, guardedLookup, systemResolve } from "@/lib/outgoing/lookup";
import type { LoggedEntry, Place, Receipt, Send } from "../receiver";

const TIMEOUT_MS = 30_000;
const MAX_MSGID_CHARS = 32;

/** RFC 5424 §6.2.1: what was refused is a warning, what went wrong an error, all else is informational. */
const SEVERITY: Record<string, number> = { deny: 4, denied: 4, failure: 3 };
const INFORMATIONAL = 6;

/** JSON in ASCII alone: a message that needs no byte order mark (RFC 5424 §6.4), which receivers would take for content. */
const ascii = (json: string): string =>
  json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A field of the header: printable ASCII, `-` where there is nothing (§6). */
const field = (text: string, maxChars: number): string => text.replace(/[^\x21-\x7e]/g, "").slice(0, maxChars) || "-";

/** One message (RFC 5424 §6) in its frame (RFC 5425 §4.3): its length in octets, a space, and the message. */
export function frame(entry: LoggedEntry, { settings, format, hostname }: Place<"syslog">): string {
  const { action = "" } = JSON.parse(entry.body) as { action?: string };
  const priority = settings.facility * 8 + (SEVERITY[entry.outcome] ?? INFORMATIONAL);
  const host = field(settings.hostname ?? hostname, 255);
  const header = `<${priority}>1 ${entry.recordedAt} ${host} ${field(settings.appName, 48)} -`;
  const message = `${header} ${field(action, MAX_MSGID_CHARS)} - ${ascii(format(entry))}`;
  return `${message.length} ${message}`;
}

/**
 * Batches as syslog messages over TLS. Syslog answers nothing; but who is told that the sender is done (`close_notify`) must read all
 * that came before, and then say the same (RFC 5425 §4.4): so each batch has a connection of its own, and counts when the other
 * side has closed it in good order.
 */
export const syslogReceiver =
  (place: Place<"syslog">): Send =>
  async ({ entries }, signal) => {
    const reach = place.settings.privateNetwork ? "own" : "public";
    const { host } = place.settings;
    const why = isIP(host) ? refusedAddress(host, reach) : null;
    if (why) return { kind: "later", why: addressRefused(why).message };
    return handOver(open(place, reach), entries.map((entry) => frame(entry, place)).join(""), signal);
  };

function open({ settings, secret, resolve }: Place<"syslog">, reach: Reach): TLSSocket {
  return connect({
    host: settings.host,
    port: settings.port,
    servername: isIP(settings.host) ? "" : settings.host,
    minVersion: "TLSv1.2",
    lookup: guardedLookup(resolve ?? systemResolve, reach),
    ...(settings.caPem === undefined ? {} : { ca: settings.caPem }),
    ...(settings.clientCertPem === undefined ? {} : { cert: settings.clientCertPem, key: secret }),
  });
}

/** Writes all, says that it is done, and waits until the other side has read it to the end. */
function handOver(socket: TLSSocket, text: string, signal: AbortSignal | undefined): Promise<Receipt> {
  return new Promise((resolve) => {
    let receipt: Receipt = { kind: "later", why: "It closed the connection before it had read everything." };
    const giveUp = (why: string) => {
      receipt = { kind: "later", why };
      socket.destroy();
    };
    const stopped = () => giveUp("The keeper was stopped meanwhile.");
    const late = setTimeout(() => giveUp(`It did not take the batch within ${TIMEOUT_MS / 1000} seconds.`), TIMEOUT_MS);
    signal?.addEventListener("abort", stopped, { once: true });
    socket.once("secureConnect", () => socket.end(text));
    // What the other side sends is not read for its content, but its end is.
    socket.resume();
    socket.once("end", () => {
      if (socket.writableFinished) receipt = { kind: "accepted" };
    });
    socket.once("error", (error) => {
      receipt = { kind: "later", why: outgoingFailure(error).message };
    });
    socket.once("close", () => {
      clearTimeout(late);
      signal?.removeEventListener("abort", stopped);
      resolve(receipt);
    });
  });
}
