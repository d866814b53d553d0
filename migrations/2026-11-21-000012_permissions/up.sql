-- What each role allows, as src/accounts/permissions.rs has it: the code decides, request by request and without asking;
-- these rows are for whoever reads the database, and for the rules below. A start compares the two.
CREATE TABLE roles (
    name text PRIMARY KEY
);
CREATE TABLE role_permissions (
    role       text NOT NULL REFERENCES roles ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (role, permission)
);
INSERT INTO roles (name) VALUES ('customer'), ('staff'), ('admin');
INSERT INTO role_permissions (role, permission) VALUES
    ('customer', 'WRITE_REVIEWS'),
    ('staff', 'WRITE_REVIEWS'),
    ('staff', 'MANAGE_CATALOG'),
    ('staff', 'MANAGE_INVENTORY'),
    ('staff', 'READ_ORDERS'),
    ('staff', 'MANAGE_ORDERS'),
    ('staff', 'MODERATE_REVIEWS'),
    ('admin', 'WRITE_REVIEWS'),
    ('admin', 'MANAGE_CATALOG'),
    ('admin', 'MANAGE_INVENTORY'),
    ('admin', 'READ_ORDERS'),
    ('admin', 'MANAGE_ORDERS'),
    ('admin', 'MODERATE_REVIEWS'),
    ('admin', 'READ_USERS'),
    ('admin', 'MANAGE_USERS');

-- An account has roles that there are. An array's items cannot be a foreign key, so a trigger looks.
ALTER TABLE users DROP CONSTRAINT users_roles_known;
CREATE FUNCTION users_roles_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(NEW.roles) AS held (role) WHERE NOT EXISTS (SELECT FROM roles WHERE name = held.role)) THEN
        RAISE EXCEPTION 'an account cannot have a role that there is not: %', NEW.roles
            USING ERRCODE = 'check_violation', TABLE = 'users', CONSTRAINT = 'users_roles_known';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_roles_known BEFORE INSERT OR UPDATE OF roles ON users
    FOR EACH ROW EXECUTE FUNCTION users_roles_known();

-- Those who work here, newest first: few among many.
CREATE INDEX users_working_idx ON users (id DESC) WHERE roles <> '{customer}';

-- Nobody locks the shop out: the last living admin stays one. Whoever takes one away waits for whoever else does, and then
-- looks at what is left.
CREATE FUNCTION users_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM users
                   WHERE roles <> '{customer}' AND roles @> '{admin}' AND deleted_at IS NULL AND id <> OLD.id) THEN
        RAISE EXCEPTION 'the shop''s last admin cannot go'
            USING ERRCODE = 'check_violation', TABLE = 'users', CONSTRAINT = 'users_last_admin';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_keep_an_admin BEFORE UPDATE OF roles, deleted_at ON users FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND OLD.roles @> '{admin}' AND (NEW.deleted_at IS NOT NULL OR NOT NEW.roles @> '{admin}'))
    EXECUTE FUNCTION users_keep_an_admin();
