/** The agents of the demo's company that signed in with OAuth, and what people let them do. Days are counted from now. */

type DemoClient = {
  key: string;
  name: string;
  origin: "registered" | "document" | "dynamic";
  description: string;
  /** Who answers for it; nobody for one that introduced itself and that nobody has taken over. */
  owner?: string;
  redirectUri: string;
  /** Where its metadata document stands. */
  document?: string;
  sinceDays: number;
};
export type DemoGrant = {
  person: string;
  agent: string;
  server: string;
  scopes: string[];
  /** The only tools that it asked for. */
  tools?: string[];
  remembered?: boolean;
  sinceDays: number;
  /** Null where it was never used. */
  lastUsedDays: number | null;
  lastTool?: string;
  ip: string;
  /** An old refresh token of it was used so long ago, from there. */
  stolen?: { days: number; ip: string };
};

export const CLIENTS: readonly DemoClient[] = [
  {
    key: "lumen",
    name: "Lumen",
    origin: "document",
    description: "",
    redirectUri: "https://lumen.example/mcp/callback",
    document: "https://lumen.example/oauth/client.json",
    sinceDays: 19,
  },
  {
    key: "freight-desk",
    name: "Freight desk",
    origin: "registered",
    description: "Our own web app for dispatchers.",
    owner: "sara",
    redirectUri: "https://freight.harbourline.example/oauth/callback",
    sinceDays: 16,
  },
  {
    key: "inspector",
    name: "MCP Inspector",
    origin: "dynamic",
    description: "",
    redirectUri: "http://localhost:6274/oauth/callback",
    sinceDays: 11,
  },
  {
    key: "inbox-copilot",
    name: "Inbox copilot",
    origin: "document",
    description: "",
    redirectUri: "https://inbox-copilot.example/callback",
    document: "https://inbox-copilot.example/mcp-client.json",
    sinceDays: 0.2,
  },
];

export const GRANTS: readonly DemoGrant[] = [
  {
    ...{ person: "jonas", agent: "lumen", server: "tickets", scopes: ["tickets:read", "tickets:write"] },
    ...{ sinceDays: 18, lastUsedDays: 0.11, lastTool: "comment_ticket", ip: "10.20.1.44" },
    stolen: { days: 0.1, ip: "203.0.113.77" },
  },
  {
    ...{ person: "priya", agent: "lumen", server: "warehouse", scopes: ["warehouse:read"] },
    ...{ tools: ["describe_table", "run_query"], remembered: true },
    ...{ sinceDays: 17, lastUsedDays: 0.02, lastTool: "run_query", ip: "10.20.1.31" },
  },
  {
    ...{ person: "sara", agent: "freight-desk", server: "fleet", scopes: ["fleet:read"], remembered: true },
    ...{ sinceDays: 15, lastUsedDays: 0.004, lastTool: "where_is", ip: "10.20.1.52" },
  },
  {
    ...{ person: "jonas", agent: "freight-desk", server: "fleet", scopes: ["fleet:read"] },
    ...{ sinceDays: 14, lastUsedDays: 0.3, lastTool: "list_schedules", ip: "10.20.1.44" },
  },
  {
    ...{ person: "luca", agent: "inspector", server: "deploy", scopes: ["deploy:read"] },
    ...{ sinceDays: 10, lastUsedDays: 2.1, lastTool: "list_builds", ip: "10.20.1.27" },
  },
  {
    ...{ person: "ana", agent: "lumen", server: "tickets", scopes: ["tickets:read", "tickets:write"] },
    ...{ remembered: true, sinceDays: 6, lastUsedDays: 0.003, lastTool: "get_ticket", ip: "10.20.1.22" },
  },
  {
    ...{ person: "ana", agent: "freight-desk", server: "fleet", scopes: ["fleet:read"] },
    ...{ sinceDays: 3, lastUsedDays: null, ip: "10.20.1.22" },
  },
];

/** What waits for the admins. */
export const APPROVAL = {
  person: "sara",
  agent: "inbox-copilot",
  server: "tickets",
  scopes: ["refunds:write"],
  reason: "It drafts refunds for delayed freight; I check each one before it goes out.",
  askedDays: 0.12,
} as const;
