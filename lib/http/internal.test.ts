import { describe, expect, it, vi } from "vitest";
import { INTERNAL_HEADERS, requestOrigin } from "./internal";

const SECRET = "s".repeat(32);
vi.mock("@/lib/env", () => ({ env: () => ({ GATEHOUSE_INTERNAL_SECRET: SECRET }) }));

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const told = {
  [INTERNAL_HEADERS.clientIp]: "192.0.2.10",
  [INTERNAL_HEADERS.proxies]: "10.0.0.2,10.0.0.1",
  [INTERNAL_HEADERS.requestId]: "req_1",
  traceparent: TRACEPARENT,
};

describe("requestOrigin", () => {
  it("is what the authority says: the address, the trusted proxies, the request's id; and the caller's trace", () => {
    expect(requestOrigin(new Headers({ ...told, [INTERNAL_HEADERS.secret]: SECRET }))).toEqual({
      source: { ip: "192.0.2.10", userAgent: null, proxies: ["10.0.0.2", "10.0.0.1"] },
      requestId: "req_1",
      trace: { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", parentId: "00f067aa0ba902b7" },
    });
  });

  it("believes none of it, but the trace, where the secret is not there", () => {
    const { source, requestId, trace } = requestOrigin(new Headers({ ...told, [INTERNAL_HEADERS.secret]: "x" }));
    expect(source).toEqual({ ip: null, userAgent: null });
    expect(requestId).not.toBe("req_1");
    expect(trace).not.toBeNull();
  });
});
