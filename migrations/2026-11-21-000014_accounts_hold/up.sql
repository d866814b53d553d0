-- Letters are counted by where they go as well, whichever account asks for them: an address that changes hands, or that
-- nobody has any more, is not written to without end.
ALTER TABLE mailed_tokens
    -- SHA-256 of the address: it stays when the address itself has to go.
    ADD COLUMN address_digest bytea;
UPDATE mailed_tokens SET address_digest = sha256(convert_to(email, 'UTF8'));
ALTER TABLE mailed_tokens
    ALTER COLUMN address_digest SET NOT NULL,
    -- Null where the token is void before its time: the row is left for the count alone.
    ALTER COLUMN email DROP NOT NULL,
    -- Null where the account was erased.
    ALTER COLUMN user_id DROP NOT NULL,
    ADD CONSTRAINT mailed_tokens_digest_length CHECK (length(address_digest) = 32),
    ADD CONSTRAINT mailed_tokens_nobodys_is_void CHECK (user_id IS NOT NULL OR email IS NULL),
    DROP CONSTRAINT mailed_tokens_purpose_known,
    -- A notice has no link; what is counted for it opens nothing.
    ADD CONSTRAINT mailed_tokens_purpose_known CHECK (purpose IN ('verify_email', 'change_email', 'reset_password', 'notice'));
CREATE INDEX mailed_tokens_address_digest_idx ON mailed_tokens (address_digest, purpose, created_at);

-- Jobs that are done keep nothing of what they were about.
UPDATE jobs SET payload = '{}', unique_key = NULL WHERE finished_at IS NOT NULL;

-- The last living admin cannot be deleted either.
CREATE OR REPLACE FUNCTION users_keep_an_admin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM roles WHERE name = 'admin' FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM users
                   WHERE roles <> '{customer}' AND roles @> '{admin}' AND deleted_at IS NULL AND id <> OLD.id) THEN
        RAISE EXCEPTION 'the shop''s last admin cannot go'
            USING ERRCODE = 'check_violation', TABLE = 'users', CONSTRAINT = 'users_last_admin';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER users_keep_an_admin_row BEFORE DELETE ON users FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND OLD.roles @> '{admin}') EXECUTE FUNCTION users_keep_an_admin();

-- No trigger of rows sees a TRUNCATE.
CREATE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% cannot be truncated', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER users_no_truncate BEFORE TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
CREATE TRIGGER account_events_no_truncate BEFORE TRUNCATE ON account_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
