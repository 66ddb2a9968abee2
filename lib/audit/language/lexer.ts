import type { QueryError, Span } from "./ast";

/** A value as it was written. `text` has no quotation marks and no wildcards; `source` is all of it. */
export type RawValue = Span & { text: string; source: string; quoted: boolean; openStart: boolean; openEnd: boolean };

export type Token = Span &
  (
    | { type: "open" | "close" | "and" | "or" | "not" }
    | { type: "text"; text: string }
    | { type: "qualifier"; name: string; values: readonly RawValue[] }
  );

const QUALIFIER = /^([A-Za-z][A-Za-z0-9_.-]*):/;
const KEYWORDS: Readonly<Record<string, "and" | "or" | "not">> = { AND: "and", OR: "or", NOT: "not" };
const isSpace = (sign: string | undefined) => sign !== undefined && /\s/.test(sign);

/** Reads a query's tokens. What is wrong is told; the rest is read on, so that all faults are found at once. */
export function tokensOf(source: string): { tokens: Token[]; errors: QueryError[] } {
  return new Lexer(source).run();
}

class Lexer {
  private readonly source: string;
  private readonly tokens: Token[] = [];
  private readonly errors: QueryError[] = [];
  private at = 0;

  constructor(source: string) {
    this.source = source;
  }

  run() {
    while (this.at < this.source.length) {
      if (isSpace(this.source[this.at])) this.at++;
      else this.token();
    }
    return { tokens: this.tokens, errors: this.errors };
  }

  private token() {
    const from = this.at;
    const sign = this.source[from];
    if (sign === "(" || sign === ")") {
      this.at++;
      this.tokens.push({ type: sign === "(" ? "open" : "close", from, to: this.at });
    } else if (sign === "-") this.minus(from);
    else if (sign === '"') this.phrase(from);
    else this.word(from);
  }

  private minus(from: number) {
    this.at++;
    const next = this.source[this.at];
    if (next === undefined || isSpace(next) || next === ")")
      this.fault(from, this.at, "Say what to leave out: the word or qualifier follows - at once.");
    else this.tokens.push({ type: "not", from, to: this.at });
  }

  private phrase(from: number) {
    const text = this.quoted();
    if (text === null) return;
    if (text.trim() === "") this.fault(from, this.at, "There is nothing between the quotation marks.");
    else this.tokens.push({ type: "text", text, from, to: this.at });
  }

  /** A quoted text from where we are; `""` in it is one quotation mark. Null, and a fault, where it does not end. */
  private quoted(): string | null {
    const from = this.at;
    let text = "";
    for (this.at++; this.at < this.source.length; this.at++) {
      if (this.source[this.at] === '"' && this.source[++this.at] !== '"') return text;
      text += this.source[this.at] ?? "";
    }
    this.fault(from, this.at, "This quotation mark has no end.");
    return null;
  }

  /** The end of a bare word from `at`: a space, a comma in a list, or a `)` that the word itself has not opened. */
  private endOfWord(at: number, inList: boolean): number {
    let open = 0;
    for (; at < this.source.length; at++) {
      const sign = this.source[at];
      if (isSpace(sign) || (inList && sign === ",")) return at;
      if (sign === "(") open++;
      if (sign === ")" && open-- === 0) return at;
    }
    return at;
  }

  private word(from: number) {
    const name = QUALIFIER.exec(this.source.slice(from))?.[1];
    if (name !== undefined) return this.qualifier(from, name);
    this.at = this.endOfWord(from, false);
    const text = this.source.slice(from, this.at);
    const keyword = Object.hasOwn(KEYWORDS, text) ? KEYWORDS[text] : undefined;
    // Words are found anywhere, so that a wildcard at their ends says nothing more.
    const bare = text.replace(/^\*+|\*+$/g, "");
    if (keyword) this.tokens.push({ type: keyword, from, to: this.at });
    else if (bare === "") this.fault(from, this.at, "A * alone matches every entry. Leave it out.");
    else this.tokens.push({ type: "text", text: bare, from, to: this.at });
  }

  private qualifier(from: number, name: string) {
    this.at = from + name.length + 1;
    const values: RawValue[] = [];
    do {
      if (values.length > 0) this.at++;
      const value = this.value(name, values.length > 0);
      if (value === null) return;
      values.push(value);
    } while (this.source[this.at] === ",");
    this.tokens.push({ type: "qualifier", name, values, from, to: this.at });
  }

  private value(name: string, listed: boolean): RawValue | null {
    const from = this.at;
    if (this.source[from] === "(") {
      this.at = this.endOfWord(from, false);
      return this.fault(from, from + 1, "A list has commas and no parentheses, such as outcome:deny,denied.");
    }
    if (/^\*?"/.test(this.source.slice(from, from + 2))) return this.quotedValue(from);
    this.at = this.endOfWord(from, true);
    const source = this.source.slice(from, this.at);
    if (source === "")
      return listed
        ? this.fault(from - 1, from, "Another value follows a comma at once, without a space.")
        : this.fault(from - name.length - 1, from, `${name}: needs a value.`);
    const text = source.replace(/^\*+|\*+$/g, "");
    const any = text === "";
    const openStart = any || source.startsWith("*");
    return { text, source, quoted: false, openStart, openEnd: any || source.endsWith("*"), from, to: this.at };
  }

  private quotedValue(from: number): RawValue | null {
    const openStart = this.source[from] === "*";
    if (openStart) this.at++;
    const text = this.quoted();
    if (text === null) return null;
    const openEnd = this.source[this.at] === "*";
    if (openEnd) this.at++;
    const end = this.endOfWord(this.at, true);
    const rest = this.at;
    this.at = end;
    if (end > rest) return this.fault(rest, end, "A space or a comma follows the closing quotation mark.");
    if (text.trim() === "") return this.fault(from, end, "There is nothing between the quotation marks.");
    return { text, source: this.source.slice(from, end), quoted: true, openStart, openEnd, from, to: end };
  }

  private fault(from: number, to: number, message: string): null {
    this.errors.push({ from, to, message });
    return null;
  }
}
