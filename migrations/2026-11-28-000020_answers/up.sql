-- What came of a request that carried an idempotency key; kept for a day, sealed. Commits with the work it stands for. No key
-- of before this can be looked up any more: of them only digests are kept, which take the server's secret to make.
DROP TABLE idempotency_keys;
CREATE TABLE idempotency_keys (
    -- Of the key, of who sent it, and of the mutation.
    digest       bytea PRIMARY KEY,
    -- Of the mutation's input.
    fingerprint  bytea NOT NULL,
    -- Who sent it, unless a guest.
    user_id      uuid REFERENCES users ON DELETE CASCADE,
    -- Null as long as the work goes on.
    answer       bytea,
    -- Until when somebody is at work; whoever comes later may begin again.
    leased_until timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_keys_digests_length CHECK (length(digest) = 32 AND length(fingerprint) = 32),
    CONSTRAINT idempotency_keys_answered_or_leased CHECK ((answer IS NULL) = (leased_until IS NOT NULL))
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_user_id_idx ON idempotency_keys (user_id) WHERE user_id IS NOT NULL;

-- Answers name people and places: they go with the statement that erases somebody.
CREATE FUNCTION users_erased_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM idempotency_keys WHERE user_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER users_erased_answers AFTER UPDATE OF erased_at ON users
    FOR EACH ROW WHEN (NEW.erased_at IS NOT NULL) EXECUTE FUNCTION users_erased_answers();
