/** What the admins agreed to, in SQL, for statements that ask about many: one place, so that issuing and validating never differ. */

/** True where an admin must agree before a person gives the scope `sc` to an agent (`i` is the instance). */
export const NEEDS_APPROVAL = "(sc.needs_approval OR (sc.access = 'admin' AND i.approve_admin_scopes))";

const IN_FORCE = "ap.state = 'approved' AND (ap.expires_at IS NULL OR ap.expires_at > clock_timestamp())";

/** Each of these is an expression of SQL that gives an id. */
type Whose = { agent: string; person: string; server: string };

/** The approvals in force of an agent for a person on a server. */
export const approvalsOf = ({ agent, person, server }: Whose): string => `
  SELECT ap.scopes, ap.expires_at FROM approval ap
  WHERE ap.agent_id = ${agent} AND ap.person_id = ${person} AND ap.server_id = ${server} AND ${IN_FORCE}`;

/** The approvals in force that let an agent in: whoever asked for it, it is in for everybody. */
export const lettingIn = (agent: string): string => `
  SELECT ap.expires_at FROM approval ap WHERE ap.client AND ap.agent_id = ${agent} AND ${IN_FORCE}`;

/** True where the agent `a` must be let in by an admin, and is not (`i` is the instance). */
export const OUTSIDE = `(i.approve_clients AND a.origin <> 'registered' AND NOT EXISTS (${lettingIn("a.id")}))`;
