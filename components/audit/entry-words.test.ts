import { describe, expect, it } from "vitest";
import type { AuditEntryDto } from "@/lib/audit/schema";
import { actorWords, subjectWords } from "./entry-words";

const nobody = { kind: "anonymous", id: null, name: null };
const ana = { id: "per_1", name: "Ana Ruiz" };

describe("actorWords", () => {
  it("names the actor, or what is known of them", () => {
    const asked = { person: null, outcome: "success" as const };
    expect(actorWords({ ...asked, actor: { kind: "person", ...ana } })).toBe("Ana Ruiz");
    expect(actorWords({ ...asked, actor: { kind: "person", id: "per_1", name: null } })).toBe("per_1");
    expect(actorWords({ ...asked, actor: { kind: "system", id: null, name: null } })).toBe("system");
  });

  it("names who signed in", () => {
    expect(actorWords({ actor: nobody, person: ana, outcome: "success" })).toBe("Ana Ruiz");
  });

  it("does not say of a refused sign-in that it was the person whose name was given", () => {
    expect(actorWords({ actor: nobody, person: ana, outcome: "denied" })).toBe("somebody as Ana Ruiz");
    expect(actorWords({ actor: nobody, person: null, outcome: "denied" })).toBe("nobody signed in");
  });
});

describe("subjectWords", () => {
  const about = (target: AuditEntryDto["target"], person: AuditEntryDto["person"]) =>
    subjectWords({ target, person, tool: null, server: null, credential: null } as AuditEntryDto);

  it("tells of a session whose it is, and of anything else what it is called", () => {
    expect(about({ kind: "session", id: "ses_1", name: null }, ana)).toBe("Ana Ruiz");
    expect(about({ kind: "session", id: "ses_1", name: null }, null)).toBe("ses_1");
    expect(about({ kind: "token", id: "tok_1", name: "Night job" }, ana)).toBe("Night job");
  });

  it("tells of a consent who may act for whom and where, and of a client secret whose it is", () => {
    const agent = { id: "agt_1", name: "Desk" };
    const server = { id: "srv_1", name: "Tickets" };
    const entry = { person: ana, agent, server, tool: null, credential: null } as AuditEntryDto;
    const grant = { kind: "grant", id: "gnt_1", name: null };
    expect(subjectWords({ ...entry, target: grant })).toBe("Desk for Ana Ruiz on Tickets");
    expect(subjectWords({ ...entry, target: grant, person: null, server: null })).toBe("Desk");
    expect(subjectWords({ ...entry, target: grant, agent: null })).toBe("gnt_1");
    const credential = { id: "sec_1", kind: "client_secret", name: null, masked: "gth_cs_…a1b2" };
    const secret = { kind: "secret", id: "sec_1", name: null };
    expect(subjectWords({ ...entry, target: secret, credential })).toBe("gth_cs_…a1b2 of Desk");
  });
});
