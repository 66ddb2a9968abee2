import {
  Bot,
  KeyRound,
  LayoutDashboard,
  ScrollText,
  Server,
  Settings,
  ShieldCheck,
  UsersRound,
  type LucideIcon,
} from "lucide-react";
import type { Permission } from "@/lib/authz/permissions";

export type NavigationItem = {
  label: string;
  href: string;
  icon: LucideIcon;
  /** The letter after `g` that goes there. */
  key: string;
  /** Shown to those who hold any of these. Hiding is courtesy: the verbs decide. */
  permissions: readonly Permission[];
};

/** The screens of the console, in order. */
export const NAVIGATION: readonly NavigationItem[] = [
  { label: "Overview", href: "/", icon: LayoutDashboard, key: "o", permissions: ["overview.read"] },
  { label: "Tokens", href: "/tokens", icon: KeyRound, key: "t", permissions: ["token.read", "token.read.own"] },
  { label: "Servers", href: "/servers", icon: Server, key: "s", permissions: ["server.read", "server.read.own"] },
  { label: "Roles", href: "/roles", icon: ShieldCheck, key: "r", permissions: ["role.read", "role.read.own"] },
  { label: "People", href: "/people", icon: UsersRound, key: "p", permissions: ["person.read"] },
  { label: "Agents", href: "/agents", icon: Bot, key: "b", permissions: ["agent.read", "agent.read.own"] },
  { label: "Audit", href: "/audit", icon: ScrollText, key: "a", permissions: ["audit.read"] },
  { label: "Settings", href: "/settings", icon: Settings, key: ",", permissions: ["policy.read"] },
];

export type CreateItem = { label: string; href: string; permissions: readonly Permission[] };

/** What can be created from anywhere. */
export const CREATE: readonly CreateItem[] = [
  { label: "Mint token", href: "/tokens/new", permissions: ["token.mint", "token.mint.own"] },
  { label: "Register server", href: "/servers/new", permissions: ["server.write"] },
  { label: "Create role", href: "/roles/new", permissions: ["role.write"] },
  { label: "Invite person", href: "/people?new=1", permissions: ["person.write"] },
  { label: "Add agent", href: "/agents?new=1", permissions: ["agent.write"] },
];

/** What `c` opens on each list; elsewhere it mints a token. */
export function createFor(pathname: string): CreateItem | undefined {
  const section = pathname.split("/")[1];
  return CREATE.find((item) => item.href.slice(1).split(/[/?]/)[0] === section) ?? CREATE[0];
}

export function isPermitted(item: { permissions: readonly Permission[] }, held: readonly Permission[]): boolean {
  return item.permissions.some((permission) => held.includes(permission));
}

/** The entry that a path belongs to. */
export function isCurrent(href: string, pathname: string): boolean {
  return href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
}
