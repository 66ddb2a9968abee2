import "server-only";
import { isSealedAnew, open, seal } from "@/lib/crypto/seal";

/** Blobs open only for the sink whose they are. */
const contextOf = (sinkId: string): string => `audit-sink:${sinkId}`;

/** A sink's secret as it is kept. */
export const sealSinkSecret = (sinkId: string, secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(seal(secret, contextOf(sinkId)));

/** The secret in a blob; null where none of the present keys made it. */
export const openSinkSecret = (sinkId: string, sealed: Uint8Array): string | null => open(sealed, contextOf(sinkId));

/** The blob under the newest key, where it is under an older one; else null. */
export function resealed(sinkId: string, sealed: Uint8Array, secret: string): Uint8Array<ArrayBuffer> | null {
  return isSealedAnew(sealed) ? null : sealSinkSecret(sinkId, secret);
}
