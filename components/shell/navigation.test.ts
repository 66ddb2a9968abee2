import { describe, expect, it } from "vitest";
import { CONSOLE_ROLE_PERMISSIONS } from "@/lib/authz/permissions";
import { createFor, isCurrent, isPermitted, NAVIGATION } from "./navigation";

const shownTo = (role: keyof typeof CONSOLE_ROLE_PERMISSIONS) =>
  NAVIGATION.filter((item) => isPermitted(item, [...CONSOLE_ROLE_PERMISSIONS[role]])).map((item) => item.label);

describe("navigation", () => {
  it("shows each console role the screens it may read", () => {
    expect(shownTo("owner")).toEqual(NAVIGATION.map((item) => item.label));
    expect(shownTo("auditor")).toEqual(NAVIGATION.map((item) => item.label));
    expect(shownTo("member")).toEqual(["Overview", "Tokens", "Servers", "Roles", "Agents"]);
  });

  it("gives every screen a key of its own", () => {
    expect(new Set(NAVIGATION.map((item) => item.key)).size).toBe(NAVIGATION.length);
  });

  it("marks the screen that a path belongs to, and no other", () => {
    expect(isCurrent("/", "/tokens")).toBe(false);
    expect(isCurrent("/tokens", "/tokens/tok_1")).toBe(true);
    expect(isCurrent("/tokens", "/tokens-of-old")).toBe(false);
  });

  it("creates what the screen is about, and a token elsewhere", () => {
    expect(createFor("/servers/srv_1")?.href).toBe("/servers/new");
    expect(createFor("/agents")?.href).toBe("/agents?new=1");
    expect(createFor("/")?.href).toBe("/tokens/new");
    expect(createFor("/audit")?.href).toBe("/tokens/new");
  });
});
