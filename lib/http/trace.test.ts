import { describe, expect, it } from "vitest";
import { traceOf } from "./trace";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("traceOf", () => {
  it("reads the trace and the caller's span, of a later version too", () => {
    expect(traceOf(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, parentId: SPAN });
    expect(traceOf(`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`)).toEqual({ traceId: TRACE, parentId: SPAN });
  });

  it.each([
    ["nothing", undefined],
    ["no text", ""],
    ["two headers", [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ["capitals", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["version ff", `ff-${TRACE}-${SPAN}-01`],
    ["more than version 00 has", `00-${TRACE}-${SPAN}-01-more`],
    ["an id that is too short", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["no flags", `00-${TRACE}-${SPAN}`],
    ["a later version's end without a dash", `cc-${TRACE}-${SPAN}-01.more`],
    ["something endless", `cc-${TRACE}-${SPAN}-01-${"x".repeat(9000)}`],
  ])("takes %s for no trace", (_what, header) => {
    expect(traceOf(header)).toBeNull();
  });
});
