import type { ConsoleRole } from "@/lib/person/console-role";
import type { Access } from "@/lib/server/schema";

/** The demo's company: Harbourline, a shipping firm of about a hundred people that gave its agents real work. */

export const DEMO_PASSWORD = "harbourline demo";

type DemoPerson = {
  key: string;
  name: string;
  email: string;
  consoleRole: ConsoleRole;
  status: "active" | "invited" | "suspended";
  roles: string[];
};
type DemoTool = {
  name: string;
  title: string;
  description: string;
  scope: string | null;
  readOnly?: boolean;
  destructive?: boolean;
  drift?: "changed" | "removed";
};
type DemoServer = {
  key: string;
  name: string;
  resource: string;
  description: string;
  status?: "disabled";
  scopes: { name: string; access: Access; description: string }[];
  tools: DemoTool[];
};
type DemoRole = { key: string; name: string; description: string; grants: Record<string, string[]> };
type DemoAgent = {
  key: string;
  name: string;
  kind: "interactive" | "machine";
  owner: string;
  description: string;
  roles: string[];
  status?: "suspended";
};
export type DemoToken = {
  name: string;
  person?: string;
  agent?: string;
  role: string;
  servers: string[];
  /** Narrowed to these scopes. */
  scopes?: string[];
  state: "active" | "busy" | "expiring" | "expired" | "revoked" | "never_used" | "dormant" | "rotating" | "future";
  cidrs?: string[];
  rate?: [number, number];
  note?: string;
};

export const PEOPLE: readonly DemoPerson[] = [
  {
    key: "ana",
    name: "Ana Moreau",
    email: "ana.moreau@harbourline.example",
    consoleRole: "owner",
    status: "active",
    roles: ["support", "reader"],
  },
  {
    key: "idris",
    name: "Idris Okafor",
    email: "idris.okafor@harbourline.example",
    consoleRole: "admin",
    status: "active",
    roles: ["deploy", "reader"],
  },
  {
    key: "mei",
    name: "Mei Tanaka",
    email: "mei.tanaka@harbourline.example",
    consoleRole: "auditor",
    status: "active",
    roles: ["reader"],
  },
  {
    key: "jonas",
    name: "Jonas Lindqvist",
    email: "jonas.lindqvist@harbourline.example",
    consoleRole: "member",
    status: "active",
    roles: ["support"],
  },
  {
    key: "priya",
    name: "Priya Raman",
    email: "priya.raman@harbourline.example",
    consoleRole: "member",
    status: "active",
    roles: ["analyst"],
  },
  {
    key: "tom",
    name: "Tom Ferreira",
    email: "tom.ferreira@harbourline.example",
    consoleRole: "member",
    status: "active",
    roles: ["finance"],
  },
  {
    key: "sara",
    name: "Sara Haddad",
    email: "sara.haddad@harbourline.example",
    consoleRole: "member",
    status: "active",
    roles: ["support", "analyst"],
  },
  {
    key: "luca",
    name: "Luca Bianchi",
    email: "luca.bianchi@harbourline.example",
    consoleRole: "member",
    status: "active",
    roles: ["deploy"],
  },
  {
    key: "nora",
    name: "Nora Eriksen",
    email: "nora.eriksen@harbourline.example",
    consoleRole: "member",
    status: "suspended",
    roles: ["support"],
  },
  {
    key: "wen",
    name: "Wen Zhao",
    email: "wen.zhao@harbourline.example",
    consoleRole: "member",
    status: "invited",
    roles: ["reader"],
  },
];

export const SERVERS: readonly DemoServer[] = [
  {
    key: "tickets",
    name: "Tickets",
    resource: "https://tickets.harbourline.example/mcp",
    description: "Customer support: tickets, comments, refunds.",
    scopes: [
      { name: "tickets:read", access: "read", description: "Read tickets and their comments" },
      { name: "tickets:write", access: "write", description: "Comment on, assign and close tickets" },
      { name: "refunds:write", access: "write", description: "Grant refunds" },
    ],
    tools: [
      {
        name: "list_tickets",
        title: "List tickets",
        description: "Lists open tickets, newest first",
        scope: "tickets:read",
        readOnly: true,
      },
      {
        name: "get_ticket",
        title: "Get a ticket",
        description: "One ticket with its comments",
        scope: "tickets:read",
        readOnly: true,
      },
      {
        name: "search_tickets",
        title: "Search tickets",
        description: "Full-text search",
        scope: "tickets:read",
        readOnly: true,
        drift: "changed",
      },
      {
        name: "comment_ticket",
        title: "Comment",
        description: "Adds a comment that the customer sees",
        scope: "tickets:write",
      },
      {
        name: "close_ticket",
        title: "Close a ticket",
        description: "Closes a ticket for good",
        scope: "tickets:write",
        destructive: true,
      },
      {
        name: "refund_order",
        title: "Refund an order",
        description: "Pays an order back",
        scope: "refunds:write",
        destructive: true,
      },
    ],
  },
  {
    key: "warehouse",
    name: "Warehouse",
    resource: "https://warehouse.harbourline.example/mcp",
    description: "The analytics database: read by many, written by the nightly jobs.",
    scopes: [
      { name: "warehouse:read", access: "read", description: "Run queries" },
      { name: "warehouse:write", access: "write", description: "Load and replace tables" },
      { name: "warehouse:admin", access: "admin", description: "Change schemas and grants" },
    ],
    tools: [
      {
        name: "run_query",
        title: "Run a query",
        description: "Read-only SQL, 30 s, 10,000 rows",
        scope: "warehouse:read",
        readOnly: true,
      },
      {
        name: "describe_table",
        title: "Describe a table",
        description: "Columns and comments",
        scope: "warehouse:read",
        readOnly: true,
      },
      {
        name: "load_table",
        title: "Load a table",
        description: "Replaces a table's content",
        scope: "warehouse:write",
        destructive: true,
      },
      {
        name: "alter_schema",
        title: "Alter a schema",
        description: "Runs a migration",
        scope: "warehouse:admin",
        destructive: true,
      },
      { name: "export_csv", title: "Export CSV", description: "Writes a result to the share", scope: null },
    ],
  },
  {
    key: "fleet",
    name: "Fleet",
    resource: "https://fleet.harbourline.example/mcp",
    description: "Ships, positions and schedules.",
    scopes: [
      { name: "fleet:read", access: "read", description: "See positions and schedules" },
      { name: "fleet:write", access: "write", description: "Change schedules" },
    ],
    tools: [
      {
        name: "where_is",
        title: "Where is a ship",
        description: "Last known position",
        scope: "fleet:read",
        readOnly: true,
      },
      {
        name: "list_schedules",
        title: "List schedules",
        description: "Departures and arrivals",
        scope: "fleet:read",
        readOnly: true,
      },
      {
        name: "reroute",
        title: "Reroute",
        description: "Changes a ship's next port",
        scope: "fleet:write",
        destructive: true,
      },
    ],
  },
  {
    key: "ledger",
    name: "Ledger",
    resource: "https://ledger.harbourline.example/mcp",
    description: "Invoices and payments. Write access is for finance alone.",
    scopes: [
      { name: "ledger:read", access: "read", description: "See invoices and payments" },
      { name: "ledger:write", access: "write", description: "Create invoices, release payments" },
    ],
    tools: [
      {
        name: "list_invoices",
        title: "List invoices",
        description: "By customer and month",
        scope: "ledger:read",
        readOnly: true,
      },
      { name: "create_invoice", title: "Create an invoice", description: "Drafts an invoice", scope: "ledger:write" },
      {
        name: "release_payment",
        title: "Release a payment",
        description: "Sends money",
        scope: "ledger:write",
        destructive: true,
        drift: "removed",
      },
    ],
  },
  {
    key: "deploy",
    name: "Deploy",
    resource: "https://deploy.harbourline.example/mcp",
    description: "Builds and roll-outs.",
    scopes: [
      { name: "deploy:read", access: "read", description: "See builds and environments" },
      { name: "deploy:write", access: "write", description: "Roll out and roll back" },
    ],
    tools: [
      {
        name: "list_builds",
        title: "List builds",
        description: "The last hundred builds",
        scope: "deploy:read",
        readOnly: true,
      },
      { name: "roll_out", title: "Roll out", description: "Deploys a build", scope: "deploy:write", destructive: true },
      {
        name: "roll_back",
        title: "Roll back",
        description: "Returns to the previous build",
        scope: "deploy:write",
        destructive: true,
      },
    ],
  },
  {
    key: "legacy-crm",
    name: "Legacy CRM",
    resource: "https://crm-old.harbourline.example/mcp",
    description: "Replaced by Tickets in September; kept for look-ups until it was switched off.",
    status: "disabled",
    scopes: [{ name: "crm:read", access: "read", description: "Read customers" }],
    tools: [
      {
        name: "find_customer",
        title: "Find a customer",
        description: "By name or number",
        scope: "crm:read",
        readOnly: true,
      },
    ],
  },
];

export const ROLES: readonly DemoRole[] = [
  {
    key: "reader",
    name: "Reader",
    description: "Looks at everything that is not money.",
    grants: {
      tickets: ["tickets:read"],
      warehouse: ["warehouse:read"],
      fleet: ["fleet:read"],
      deploy: ["deploy:read"],
    },
  },
  {
    key: "support",
    name: "Support",
    description: "Works on tickets; refunds included.",
    grants: { tickets: ["tickets:*", "refunds:write"], fleet: ["fleet:read"] },
  },
  {
    key: "analyst",
    name: "Analyst",
    description: "Queries the warehouse.",
    grants: { warehouse: ["warehouse:read"], fleet: ["fleet:read"] },
  },
  {
    key: "loader",
    name: "Warehouse loader",
    description: "For the nightly jobs.",
    grants: { warehouse: ["warehouse:read", "warehouse:write"] },
  },
  { key: "finance", name: "Finance", description: "Invoices and payments.", grants: { ledger: ["ledger:*"] } },
  { key: "deploy", name: "Release", description: "Rolls out and back.", grants: { deploy: ["deploy:*"] } },
  {
    key: "crm",
    name: "CRM look-up",
    description: "Until the old CRM is gone.",
    grants: { "legacy-crm": ["crm:read"] },
  },
];

export const AGENTS: readonly DemoAgent[] = [
  {
    key: "claude-desktop",
    name: "Claude Desktop",
    kind: "interactive",
    owner: "ana",
    description: "The assistant on people's desks.",
    roles: [],
  },
  {
    key: "cursor",
    name: "Cursor",
    kind: "interactive",
    owner: "luca",
    description: "The editor of the platform team.",
    roles: [],
  },
  {
    key: "support-bot",
    name: "Support triage",
    kind: "machine",
    owner: "jonas",
    description: "Sorts new tickets each minute.",
    roles: ["support", "reader"],
  },
  {
    key: "nightly-load",
    name: "Nightly load",
    kind: "machine",
    owner: "priya",
    description: "Fills the warehouse at 02:00.",
    roles: ["loader"],
  },
  {
    key: "route-planner",
    name: "Route planner",
    kind: "machine",
    owner: "sara",
    description: "Proposes reroutes; a person decides.",
    roles: ["reader"],
  },
  {
    key: "ci-runner",
    name: "CI runner",
    kind: "machine",
    owner: "idris",
    description: "Rolls out what main builds.",
    roles: ["deploy"],
  },
  {
    key: "invoice-check",
    name: "Invoice check",
    kind: "machine",
    owner: "tom",
    description: "Compares invoices with voyages.",
    roles: ["finance"],
  },
  {
    key: "old-importer",
    name: "Old CRM importer",
    kind: "machine",
    owner: "nora",
    description: "Its owner has left.",
    roles: ["crm"],
  },
  {
    key: "experiment",
    name: "Prompt experiment",
    kind: "machine",
    owner: "luca",
    description: "Paused after a denial burst.",
    roles: ["reader"],
    status: "suspended",
  },
];

export const TOKENS: readonly DemoToken[] = [
  {
    name: "Support triage, production",
    agent: "support-bot",
    role: "support",
    servers: ["tickets"],
    scopes: ["tickets:read", "tickets:write"],
    state: "busy",
    rate: [600, 60],
    cidrs: ["10.20.0.0/16"],
  },
  {
    name: "Support triage, staging",
    agent: "support-bot",
    role: "reader",
    servers: ["tickets"],
    state: "active",
    rate: [120, 60],
  },
  {
    name: "Nightly load",
    agent: "nightly-load",
    role: "loader",
    servers: ["warehouse"],
    state: "busy",
    cidrs: ["10.20.4.0/24"],
  },
  {
    name: "Nightly load, previous host",
    agent: "nightly-load",
    role: "loader",
    servers: ["warehouse"],
    state: "dormant",
  },
  {
    name: "Route planner",
    agent: "route-planner",
    role: "reader",
    servers: ["fleet", "warehouse"],
    state: "busy",
    rate: [300, 60],
  },
  {
    name: "CI roll-out",
    agent: "ci-runner",
    role: "deploy",
    servers: ["deploy"],
    state: "rotating",
    rate: [30, 60],
    note: "Rotated every quarter.",
  },
  {
    name: "Invoice check",
    agent: "invoice-check",
    role: "finance",
    servers: ["ledger"],
    scopes: ["ledger:read"],
    state: "busy",
  },
  {
    name: "Ana at her desk",
    person: "ana",
    agent: "claude-desktop",
    role: "support",
    servers: ["tickets"],
    scopes: ["tickets:read"],
    state: "busy",
  },
  {
    name: "Jonas at his desk",
    person: "jonas",
    agent: "claude-desktop",
    role: "support",
    servers: ["tickets", "fleet"],
    state: "busy",
  },
  {
    name: "Sara at her desk",
    person: "sara",
    agent: "claude-desktop",
    role: "analyst",
    servers: ["warehouse", "fleet"],
    state: "busy",
  },
  { name: "Priya's notebook", person: "priya", role: "analyst", servers: ["warehouse"], state: "expiring" },
  {
    name: "Tom, month end",
    person: "tom",
    role: "finance",
    servers: ["ledger"],
    state: "expiring",
    note: "For the October close; renew only if asked.",
  },
  {
    name: "Luca in Cursor",
    person: "luca",
    agent: "cursor",
    role: "deploy",
    servers: ["deploy"],
    scopes: ["deploy:read"],
    state: "active",
  },
  {
    name: "Idris, emergency roll-back",
    person: "idris",
    role: "deploy",
    servers: ["deploy"],
    state: "never_used",
    cidrs: ["10.20.9.0/28"],
    note: "Break glass.",
  },
  {
    name: "Mei, review of October",
    person: "mei",
    role: "reader",
    servers: ["tickets", "warehouse"],
    state: "expired",
  },
  { name: "Contractor, September", person: "sara", role: "analyst", servers: ["warehouse"], state: "expired" },
  { name: "Nora's laptop", person: "nora", role: "support", servers: ["tickets"], state: "active" },
  { name: "CRM import", agent: "old-importer", role: "crm", servers: ["legacy-crm"], state: "active" },
  {
    name: "Pasted into a chat",
    person: "jonas",
    role: "support",
    servers: ["tickets"],
    state: "revoked",
    note: "Found in a chat on 3 November.",
  },
  { name: "Old CI key", agent: "ci-runner", role: "deploy", servers: ["deploy"], state: "revoked" },
  {
    name: "Prompt experiment",
    agent: "experiment",
    role: "reader",
    servers: ["tickets"],
    state: "active",
    rate: [60, 60],
  },
  {
    name: "Black Friday extra",
    agent: "support-bot",
    role: "support",
    servers: ["tickets"],
    scopes: ["tickets:read"],
    state: "future",
    rate: [1200, 60],
  },
  { name: "Dashboard wall", agent: "route-planner", role: "reader", servers: ["fleet"], state: "never_used" },
];
