import { describe, expect, it } from "vitest";
import { parseEnv } from "@/lib/env";
import { issuerConcern } from "./issuer";

describe("MUST: endpoints are https, but for this very machine", () => {
  it.each(["https://gatehouse.example.com", "http://localhost:3000", "http://127.0.0.1:3000", "http://[::1]:3000"])(
    "has nothing to say of %s",
    (url) => expect(issuerConcern(parseEnv({ GATEHOUSE_URL: url }).GATEHOUSE_URL)).toBeNull(),
  );

  it.each([
    "http://gatehouse.example.com",
    "http://GATEHOUSE.example.com:3000/",
    "http://192.168.1.10:3000",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
  ])("says of %s that it needs TLS", (url) => {
    const { GATEHOUSE_URL } = parseEnv({ GATEHOUSE_URL: url });
    expect(issuerConcern(GATEHOUSE_URL)).toContain(`GATEHOUSE_URL is ${GATEHOUSE_URL}, without TLS`);
  });
});
