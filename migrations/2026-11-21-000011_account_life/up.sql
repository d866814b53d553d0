ALTER TABLE users
    -- When what tells who somebody was went; the row stays for the orders and reviews that name it.
    ADD COLUMN erased_at timestamptz,
    -- What a search by name or address reads.
    ADD COLUMN search_text text NOT NULL GENERATED ALWAYS AS (fold_text(email || ' ' || name)) STORED,
    ADD CONSTRAINT users_erased_is_closed CHECK (erased_at IS NULL OR deleted_at IS NOT NULL),
    ADD CONSTRAINT users_erased_is_nobody CHECK (erased_at IS NULL OR (name = '' AND password_hash IS NULL));
CREATE INDEX users_search_idx ON users USING gin (search_text gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX users_closed_idx ON users (id DESC) WHERE deleted_at IS NOT NULL;

-- Moved by each refresh: what an access token is used for in between leaves no trace.
ALTER TABLE sessions ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
UPDATE sessions SET last_used_at = created_at;
-- The list of an account's sessions, newest first.
DROP INDEX sessions_user_id_idx;
CREATE INDEX sessions_user_id_idx ON sessions (user_id, id DESC);

-- What somebody has sent to before: their address book.
CREATE TABLE addresses (
    id               uuid PRIMARY KEY,
    user_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    label            text NOT NULL DEFAULT '',
    address          jsonb NOT NULL,
    default_shipping boolean NOT NULL DEFAULT false,
    default_billing  boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT addresses_label_length CHECK (length(label) <= 50)
);
CREATE INDEX addresses_user_id_idx ON addresses (user_id, id);
CREATE UNIQUE INDEX addresses_default_shipping_key ON addresses (user_id) WHERE default_shipping;
CREATE UNIQUE INDEX addresses_default_billing_key ON addresses (user_id) WHERE default_billing;
CREATE TRIGGER addresses_touch BEFORE UPDATE ON addresses FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What was done to an account, by whom: the audit log of roles and of accounts that were closed. Nothing in it tells who
-- somebody is, so that it outlives an erasure.
CREATE TABLE account_events (
    id          uuid PRIMARY KEY,
    user_id     uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- Null for whoever runs the machine.
    actor_id    uuid REFERENCES users ON DELETE SET NULL,
    type        text NOT NULL,
    from_roles  text[],
    to_roles    text[],
    occurred_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT account_events_type_known CHECK (type IN ('PASSWORD_CHANGED', 'ROLES_CHANGED', 'DEACTIVATED', 'ERASED')),
    CONSTRAINT account_events_roles CHECK
        ((type = 'ROLES_CHANGED') = (from_roles IS NOT NULL) AND (from_roles IS NULL) = (to_roles IS NULL))
);
CREATE INDEX account_events_user_id_idx ON account_events (user_id, id DESC);
CREATE INDEX account_events_actor_id_idx ON account_events (actor_id) WHERE actor_id IS NOT NULL;

-- Two changes pass: the events of an account that is deleted go with it, and an actor who is deleted is no longer named.
CREATE FUNCTION account_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged account_events := NEW;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF NOT EXISTS (SELECT FROM users WHERE id = OLD.user_id) THEN
            RETURN OLD;
        END IF;
    ELSIF NEW.actor_id IS NULL AND NOT EXISTS (SELECT FROM users WHERE id = OLD.actor_id) THEN
        unchanged.actor_id := OLD.actor_id;
        IF unchanged IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'account_events is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER account_events_append_only BEFORE UPDATE OR DELETE ON account_events
    FOR EACH ROW EXECUTE FUNCTION account_events_append_only();

-- What else is known of somebody goes with the statement that erases them, whichever domain keeps it. Orders stay: they are
-- business records, frozen with the addresses they went to, and what they name is an account that tells nothing any more.
CREATE FUNCTION users_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM addresses WHERE user_id = NEW.id;
    DELETE FROM carts WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_erased AFTER UPDATE OF erased_at ON users
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION users_erased();
