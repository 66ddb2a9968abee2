import "server-only";
import { encode } from "uqr";

/** Light modules around the code, which readers need (ISO/IEC 18004 §6.3.8). */
const QUIET = 4;

/** A text as a QR code: the path of its dark modules in a square of `size` units, quiet zone and all. */
export function qrPath(text: string): { size: number; path: string } {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return { size, path };
}
