/** A place in a distributed trace, as the caller's `traceparent` header tells it (W3C Trace Context, level 2). */
export type Trace = {
  /** 32 hex digits, lower case: the whole trace. */
  traceId: string;
  /** 16 hex digits, lower case: the caller's own span. */
  parentId: string;
};

/** A later version may have more after the flags (§2.2.5 of the recommendation: parse the first four fields all the same). */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;
const NO_TRACE = "0".repeat(32);
const NO_SPAN = "0".repeat(16);
const MAX_CHARS = 256;

/**
 * The trace that a `traceparent` header names; null where there is no such header, or one that the recommendation says to
 * take for none: of version ff, with ids of zeros alone, or in another form.
 */
export function traceOf(header: string | readonly string[] | null | undefined): Trace | null {
  if (typeof header !== "string" || header.length > MAX_CHARS) return null;
  const match = TRACEPARENT.exec(header);
  if (match === null) return null;
  const [, version, traceId = NO_TRACE, parentId = NO_SPAN, more] = match;
  if (version === "ff" || (version === "00" && more !== undefined)) return null;
  return traceId === NO_TRACE || parentId === NO_SPAN ? null : { traceId, parentId };
}
