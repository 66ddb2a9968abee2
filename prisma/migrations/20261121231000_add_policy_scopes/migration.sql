-- The instance's policy on the admin API. Changing it decides who may become a client, and what needs an admin: so it is admin.
INSERT INTO "scope" ("id", "server_id", "name", "access", "description") VALUES
  ('scp_gatehouse_policy_read',  'srv_gatehouse', 'policy:read',  'read',  'See the instance''s policy'),
  ('scp_gatehouse_policy_write', 'srv_gatehouse', 'policy:write', 'admin', 'Change the instance''s policy');
