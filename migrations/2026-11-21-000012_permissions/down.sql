DROP TRIGGER users_keep_an_admin ON users;
DROP FUNCTION users_keep_an_admin();
DROP INDEX users_working_idx;
DROP TRIGGER users_roles_known ON users;
DROP FUNCTION users_roles_known();
ALTER TABLE users ADD CONSTRAINT users_roles_known CHECK (roles <@ ARRAY['customer', 'staff', 'admin']);
DROP TABLE role_permissions;
DROP TABLE roles;
