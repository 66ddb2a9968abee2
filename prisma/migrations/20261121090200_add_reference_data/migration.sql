-- The one-row tables, and Gatehouse's own admin API as the built-in MCP server: the product guards itself with itself.
INSERT INTO "instance" ("id") VALUES (1);
INSERT INTO "change_head" ("id", "seq") VALUES (1, 0);
INSERT INTO "audit_head" ("id", "next") VALUES (1, 0);

INSERT INTO "mcp_server" ("id", "slug", "name", "resource", "description", "builtin", "updated_at")
VALUES ('srv_gatehouse', 'gatehouse', 'Gatehouse', 'urn:gatehouse:admin-api', 'The admin API of this Gatehouse.', true, now());

INSERT INTO "scope" ("id", "server_id", "name", "access", "description") VALUES
  ('scp_gatehouse_servers_read',  'srv_gatehouse', 'servers:read',  'read',  'See MCP servers, their scopes, tools and keys'),
  ('scp_gatehouse_servers_write', 'srv_gatehouse', 'servers:write', 'write', 'Change MCP servers, their scopes, tools and keys'),
  ('scp_gatehouse_roles_read',    'srv_gatehouse', 'roles:read',    'read',  'See roles and who holds them'),
  ('scp_gatehouse_roles_write',   'srv_gatehouse', 'roles:write',   'admin', 'Change roles and who holds them'),
  ('scp_gatehouse_people_read',   'srv_gatehouse', 'people:read',   'read',  'See people'),
  ('scp_gatehouse_people_write',  'srv_gatehouse', 'people:write',  'admin', 'Invite, change and suspend people'),
  ('scp_gatehouse_agents_read',   'srv_gatehouse', 'agents:read',   'read',  'See agents'),
  ('scp_gatehouse_agents_write',  'srv_gatehouse', 'agents:write',  'write', 'Change and suspend agents'),
  ('scp_gatehouse_tokens_read',   'srv_gatehouse', 'tokens:read',   'read',  'See tokens (never their secrets)'),
  ('scp_gatehouse_tokens_write',  'srv_gatehouse', 'tokens:write',  'write', 'Mint, change and rotate tokens'),
  ('scp_gatehouse_tokens_revoke', 'srv_gatehouse', 'tokens:revoke', 'write', 'Revoke tokens'),
  ('scp_gatehouse_audit_read',    'srv_gatehouse', 'audit:read',    'read',  'Search and export the audit log');

INSERT INTO "role" ("id", "name", "description", "builtin", "updated_at")
VALUES ('rol_gatehouse_admin', 'Gatehouse admin', 'Everything the admin API can do.', true, now());
INSERT INTO "role_scope" ("role_id", "server_id", "pattern") VALUES ('rol_gatehouse_admin', 'srv_gatehouse', '*');

INSERT INTO "agent" ("id", "name", "description", "kind", "builtin", "updated_at")
VALUES ('agt_command_line', 'Gatehouse command line', 'Holder of the admin tokens that are minted on the machine itself.', 'machine', true, now());
INSERT INTO "agent_role" ("agent_id", "role_id", "assigned_by") VALUES ('agt_command_line', 'rol_gatehouse_admin', 'system');
