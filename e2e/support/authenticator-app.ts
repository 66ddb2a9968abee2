import { createHmac } from "node:crypto";

const STEP_MS = 30_000;
/** A code of the step before counts until this step is over: with less time than this it may come too late. */
const ENOUGH_MS = 15_000;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An authenticator app as people have it (RFC 6238), made by itself: it reads the key as a page shows it. */
export class AuthenticatorApp {
  readonly #key: Buffer;
  #last = 0;

  constructor(shown: string) {
    const bits = [...shown.replace(/\s/g, "")].map((char) => ALPHABET.indexOf(char).toString(2).padStart(5, "0"));
    this.#key = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  }

  /** A code that was not given yet, and that counts now and for a while; waits for one where it must. */
  async code(): Promise<string> {
    const now = () => Math.floor(Date.now() / STEP_MS);
    const oldest = STEP_MS - (Date.now() % STEP_MS) > ENOUGH_MS ? now() - 1 : now();
    const step = Math.max(this.#last + 1, oldest);
    while (step > now() + 1) await new Promise((later) => setTimeout(later, 500));
    this.#last = step;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac("sha1", this.#key).update(counter).digest();
    const number = digest.readUInt32BE((digest.at(-1) ?? 0) & 0xf) & 0x7fffffff;
    return String(number % 1_000_000).padStart(6, "0");
  }
}
