-- Access tokens are checked without asking the database. What makes one untrue before it expires is noted at its session,
-- whoever does it and by whatever statement: an end, or roles that changed, which the next token of the session tells of.
ALTER TABLE sessions
    -- Access tokens of an earlier generation than this are good no longer.
    ADD COLUMN generation  integer NOT NULL DEFAULT 0,
    -- When access tokens that were good stopped being so; by this database's clock.
    ADD COLUMN recalled_at timestamptz;
CREATE INDEX sessions_recalled_at_idx ON sessions (recalled_at) WHERE recalled_at IS NOT NULL;

CREATE FUNCTION sessions_note_recall() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.recalled_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER sessions_recall BEFORE UPDATE OF revoked_at, generation ON sessions FOR EACH ROW
    WHEN (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at OR NEW.generation IS DISTINCT FROM OLD.generation)
    EXECUTE FUNCTION sessions_note_recall();

-- Locked in the order of their ids, as everywhere: two who touch the same sessions cannot wait for each other.
CREATE FUNCTION users_recall_tokens() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        UPDATE sessions SET revoked_at = clock_timestamp() WHERE id IN
            (SELECT id FROM sessions WHERE user_id = NEW.id AND revoked_at IS NULL ORDER BY id FOR UPDATE);
    ELSE
        UPDATE sessions SET generation = generation + 1 WHERE id IN
            (SELECT id FROM sessions WHERE user_id = NEW.id AND revoked_at IS NULL ORDER BY id FOR UPDATE);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER users_recall AFTER UPDATE OF roles, deleted_at ON users FOR EACH ROW
    WHEN (NEW.roles IS DISTINCT FROM OLD.roles OR NEW.deleted_at IS DISTINCT FROM OLD.deleted_at)
    EXECUTE FUNCTION users_recall_tokens();
