// A text is looked for in the blocks that have all of its grams: four letters in a row, or five digits. Those of random ids are
// so many that shorter grams stand in every block, and each of these in one block of eighty.

const LETTERS = 4;
const DIGITS = 5;
/** A letter's bits: `a` to `z`, and what is beyond ASCII folded into the rest. Two texts may share codes: then a block too many is read. */
const LETTER_BITS = 5;
const LETTER_CODES = 1 << (LETTERS * LETTER_BITS);
const DIGIT_CODES = 10 ** DIGITS;

const [ZERO, NINE, A, Z, ASCII] = [0x30, 0x39, 0x61, 0x7a, 0x80];

/** JavaScript writes a capital sigma small in two ways, by what follows it. */
const [FINAL_SIGMA, SIGMA] = [0x3c2, 0x3c3];

function letterOf(code: number): number {
  if (code < ASCII) return code - A + 1;
  return Z - A + 2 + ((code === FINAL_SIGMA ? SIGMA : code) % 5);
}

/** Codes of grams that were seen. Made once and emptied between blocks: it is as large as there are codes. */
export class Grams {
  readonly #seen = new Uint32Array(LETTER_CODES + DIGIT_CODES);
  #turn = 1;
  #codes: number[] = [];

  /** Adds the grams of a text, whatever the case. */
  add(text: string): void {
    const lower = text.toLowerCase();
    let [letters, letterRun, digits, digitRun] = [0, 0, 0, 0];
    for (let at = 0; at < lower.length; at++) {
      const code = lower.charCodeAt(at);
      if (code >= ZERO && code <= NINE) {
        digits = (digits * 10 + code - ZERO) % DIGIT_CODES;
        letterRun = 0;
        if (++digitRun >= DIGITS) this.#see(LETTER_CODES + digits);
      } else if ((code >= A && code <= Z) || code >= ASCII) {
        letters = ((letters << LETTER_BITS) | letterOf(code)) & (LETTER_CODES - 1);
        digitRun = 0;
        if (++letterRun >= LETTERS) this.#see(letters);
      } else {
        letterRun = digitRun = 0;
      }
    }
  }

  #see(code: number): void {
    if (this.#seen[code] === this.#turn) return;
    this.#seen[code] = this.#turn;
    this.#codes.push(code);
  }

  /** Every code that was added since it was last taken, each once. */
  take(): number[] {
    const codes = this.#codes;
    this.#codes = [];
    this.#turn++;
    return codes;
  }
}

const grams = new Grams();

/** What must stand in a block for an entry of it to have the text (as JSON writes it) in its body; nothing of what is too short to tell. */
export function gramsOf(text: string): number[] {
  grams.add(text);
  return grams.take();
}
