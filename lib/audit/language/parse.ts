import { group, negated, type Query, type QueryError, type Value } from "./ast";
import { tokensOf, type Token } from "./lexer";
import { notAQualifier, qualifierOf } from "./qualifiers";
import { valueOf } from "./values";

/** The bounds of a query. */
export const MAX_QUERY_CHARS = 2000;
const MAX_TERMS = 100;
const MAX_DEPTH = 20;

/** A query in normal form, or everything that is wrong with its text, in order. */
export type Parsed = { ok: true; query: Query } | { ok: false; errors: readonly [QueryError, ...QueryError[]] };

/** A whole credential of ours. It belongs in no address and no log. */
const WHOLE_TOKEN = /gth_(?:ro|rw|adm|srv|at|rt|cs)_[0-9A-Za-z]{40,}/g;

/**
 * Reads a query. Never throws, whatever the text; an empty one is the query that matches everything. `NOT` and `-` bind
 * closest, then `AND` (also by standing side by side), then `OR`.
 */
export function parse(source: string): Parsed {
  if (source.length > MAX_QUERY_CHARS)
    return fail([
      { message: `A query has at most ${MAX_QUERY_CHARS} characters.`, from: MAX_QUERY_CHARS, to: source.length },
    ]);
  const unfit = unfitIn(source);
  if (unfit.length > 0) return fail(unfit);
  const { tokens, errors } = tokensOf(source);
  if (errors.length > 0) return fail(errors);
  const parser = new Parser(tokens, source.length);
  const query = parser.run();
  return parser.errors.length > 0 ? fail(parser.errors) : { ok: true, query };
}

/** What a place of ours refuses of a query that the language allows. */
export type Refused = (query: Query) => readonly QueryError[];

/** Everything that is wrong with a text as a query, in order. */
export function faultsIn(source: string, refused: Refused = () => []): readonly QueryError[] {
  const parsed = parse(source);
  return parsed.ok ? refused(parsed.query) : parsed.errors;
}

function fail(errors: readonly QueryError[]): Parsed {
  const [first, ...rest] = [...errors].sort((a, b) => a.from - b.from || a.to - b.to);
  return { ok: false, errors: [first ?? { message: "This is not a query.", from: 0, to: 0 }, ...rest] };
}

function unfitIn(source: string): QueryError[] {
  const at = source.search(/\0|\p{Surrogate}/u);
  if (at >= 0) return [{ message: "This character cannot be searched for.", from: at, to: at + 1 }];
  return [...source.matchAll(WHOLE_TOKEN)].map(({ index, 0: token }) => ({
    message: `This is a whole token, which belongs in no search. Write token:${maskOf(token)} instead.`,
    from: index,
    to: index + token.length,
  }));
}

const maskOf = (token: string) => `${token.slice(0, token.lastIndexOf("_") + 1)}…${token.slice(-4)}`;

/** The text with every whole credential of ours shortened as they are shown: what a box does to what is pasted into it. */
export const withoutTokens = (source: string): string => source.replace(WHOLE_TOKEN, maskOf);

class Parser {
  readonly errors: QueryError[] = [];
  private readonly tokens: readonly Token[];
  private readonly end: number;
  private at = 0;
  private depth = 0;
  private terms = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.tokens = tokens;
    this.end = end;
  }

  run(): Query {
    if (this.tokens.length === 0) return { type: "and", items: [], from: 0, to: this.end };
    const query = this.disjunction();
    const rest = this.tokens[this.at];
    if (rest && this.errors.length === 0)
      this.fault(rest, "No parenthesis is open here. To search for one, put it in quotation marks.");
    return query;
  }

  private disjunction(): Query {
    const items = [this.conjunction()];
    while (this.taken("or")) items.push(this.conjunction());
    return group("or", items, spanOf(items));
  }

  private conjunction(): Query {
    const items = [this.term()];
    while (!this.stopped()) {
      const next = this.tokens[this.at];
      if (!next || next.type === "or" || next.type === "close") break;
      if (next.type === "and") this.at++;
      items.push(this.term());
    }
    return group("and", items, spanOf(items));
  }

  /** Once the structure is broken, all that follows would be a consequence. */
  private stopped(): boolean {
    return this.at >= this.tokens.length;
  }

  private taken(type: Token["type"]): boolean {
    if (this.tokens[this.at]?.type !== type) return false;
    this.at++;
    return true;
  }

  private term(): Query {
    const token = this.tokens[this.at];
    if (!token)
      return this.broken({ from: this.lastEnd(), to: this.end }, "A word or a qualifier is missing at the end.");
    this.at++;
    switch (token.type) {
      case "not":
        return this.nested(token, () => {
          const item = this.term();
          return negated(item, { from: token.from, to: item.to });
        });
      case "open":
        return this.nested(token, () => this.parenthesis(token));
      case "text":
        this.count(token);
        return { type: "text", text: token.text, from: token.from, to: token.to };
      case "qualifier":
        return this.qualifier(token);
      case "close":
        return this.broken(token, "A word or a qualifier is missing before this parenthesis.");
      case "and":
      case "or":
        return this.broken(
          token,
          `A word or a qualifier is missing before ${token.type.toUpperCase()}. To search for the word, put it in quotation marks.`,
        );
    }
  }

  private nested(token: Token, read: () => Query): Query {
    if (++this.depth > MAX_DEPTH) return this.broken(token, `A query is at most ${MAX_DEPTH} levels deep.`);
    const query = read();
    this.depth--;
    return query;
  }

  private parenthesis(open: Token): Query {
    const query = this.disjunction();
    if (this.stopped()) {
      if (this.errors.length === 0) this.fault(open, "This parenthesis is not closed.");
      return query;
    }
    const close = this.tokens[this.at++];
    return { ...query, from: open.from, to: close?.to ?? query.to };
  }

  private qualifier(token: Extract<Token, { type: "qualifier" }>): Query {
    const name = qualifierOf(token.name);
    if (name === null) {
      this.fault({ from: token.from, to: token.from + token.name.length + 1 }, notAQualifier(token.name));
      return { type: "text", text: token.name, from: token.from, to: token.to };
    }
    const values: Value[] = [];
    for (const raw of token.values) {
      this.count(raw);
      const value = valueOf(name, raw);
      if ("message" in value) this.errors.push(value);
      else values.push(value);
    }
    return { type: "qualifier", name, values, from: token.from, to: token.to };
  }

  private count(span: { from: number; to: number }) {
    if (++this.terms === MAX_TERMS + 1) this.fault(span, `A query has at most ${MAX_TERMS} words and values.`);
  }

  private lastEnd = () => this.tokens.at(-1)?.to ?? 0;

  private fault({ from, to }: { from: number; to: number }, message: string) {
    this.errors.push({ message, from, to });
  }

  private broken(span: { from: number; to: number }, message: string): Query {
    this.fault(span, message);
    this.at = this.tokens.length;
    return { type: "and", items: [], from: span.from, to: span.to };
  }
}

const spanOf = (items: readonly Query[]) => ({ from: items[0]?.from ?? 0, to: items.at(-1)?.to ?? 0 });
