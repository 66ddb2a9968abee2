import { describe, expect, it } from "vitest";
import { EnvError, parseEnv } from "./env";

const sentence = (source: Record<string, string>): string => {
  try {
    parseEnv(source);
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as EnvError).message;
  }
};

describe("parseEnv", () => {
  it("has a default for everything that must have a value; empty means unset", () => {
    const env = parseEnv({ PORT: "", DATABASE_URL: "", GATEHOUSE_URL: "" });
    expect(env).toMatchObject({ PORT: 3000, HOST: "127.0.0.1", GATEHOUSE_URL: "http://localhost:3000" });
    expect(env).toMatchObject({ GATEHOUSE_DATA_DIR: ".data", GATEHOUSE_AUDIT: "durable", GATEHOUSE_LOG_LEVEL: "info" });
    expect(env.DATABASE_URL).toBeUndefined();
  });

  it("makes the public address from the port, and drops a trailing slash", () => {
    expect(parseEnv({ PORT: "8080" }).GATEHOUSE_URL).toBe("http://localhost:8080");
    expect(parseEnv({ GATEHOUSE_URL: "https://gate.example.com/" }).GATEHOUSE_URL).toBe("https://gate.example.com");
  });

  it.each(["abc", "0", "65536", "80.5", "-1", "1e9"])("says what PORT must be, for %s", (PORT) => {
    expect(sentence({ PORT })).toBe("PORT is not usable: must be a whole number from 1 to 65535.");
  });

  it.each([
    [{ GATEHOUSE_URL: "gatehouse" }, "GATEHOUSE_URL is not usable: must be an http or https address"],
    [{ GATEHOUSE_URL: "ftp://x.example" }, "GATEHOUSE_URL is not usable: must be an http or https address"],
    [{ GATEHOUSE_URL: "https://x.example/gate" }, "GATEHOUSE_URL is not usable: must have no path"],
    [{ DATABASE_URL: "mysql://x" }, "DATABASE_URL is not usable: must start with postgresql://"],
    [{ GATEHOUSE_SECRET: "short" }, "GATEHOUSE_SECRET is not usable: must have at least 32 characters"],
    [{ GATEHOUSE_AUDIT: "maybe" }, "GATEHOUSE_AUDIT is not usable: must be durable or buffered"],
    [{ GATEHOUSE_LOG_LEVEL: "loud" }, "GATEHOUSE_LOG_LEVEL is not usable: must be debug, info"],
    [{ GATEHOUSE_ADMIN_EMAIL: "ada" }, "GATEHOUSE_ADMIN_EMAIL is not usable: must be an e-mail address"],
    [{ GATEHOUSE_ADMIN_EMAIL: "ada@example.com" }, "GATEHOUSE_ADMIN_EMAIL and GATEHOUSE_ADMIN_PASSWORD go together"],
    [{ GATEHOUSE_OIDC_ISSUER: "https://id.example" }, "GATEHOUSE_OIDC_ISSUER, GATEHOUSE_OIDC_CLIENT_ID and"],
  ])("refuses %j in one sentence", (source, words) => {
    expect(sentence(source)).toContain(words);
    expect(sentence(source)).toMatch(/^[^\n]+\.$/);
  });

  it("never repeats a secret that is not usable", () => {
    expect(sentence({ GATEHOUSE_SECRET: "hunter2" })).not.toContain("hunter2");
    expect(sentence({ GATEHOUSE_ADMIN_EMAIL: "a@example.com", GATEHOUSE_ADMIN_PASSWORD: "hunter2" })).not.toContain(
      "hunter2",
    );
  });
});
