-- Work that is to be done after a change, written in the change's transaction. At least once; any number of processes share
-- it.
CREATE TABLE jobs (
    id           uuid PRIMARY KEY,
    -- What is to be done: which handler takes it.
    kind         text NOT NULL,
    -- With what. No secret: whoever reads the table must not be able to act for somebody.
    payload      jsonb NOT NULL,
    -- The order of writing.
    position     bigint GENERATED ALWAYS AS IDENTITY,
    -- Jobs with the same one are done one after the other, in the order of writing. Their writers hold a lock on what the
    -- key stands for, or that order is not the order of commits.
    ordering_key text,
    -- Of jobs of a kind with the same one, only one waits at a time.
    unique_key   text,
    -- Not before this moment.
    run_at       timestamptz NOT NULL DEFAULT now(),
    -- How often it was begun: a process that dies at it has used an attempt up.
    attempts     integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL,
    -- Until when one worker has it to itself; a worker that died lets it lapse.
    leased_until timestamptz,
    last_error   text,
    created_at   timestamptz NOT NULL DEFAULT now(),
    finished_at  timestamptz,
    -- Given up; kept for somebody to look into.
    died_at      timestamptz,
    CONSTRAINT jobs_kind_length CHECK (length(kind) BETWEEN 1 AND 100),
    CONSTRAINT jobs_attempts CHECK (max_attempts > 0 AND attempts BETWEEN 0 AND max_attempts),
    CONSTRAINT jobs_one_end CHECK (finished_at IS NULL OR died_at IS NULL),
    CONSTRAINT jobs_last_error_length CHECK (length(last_error) <= 2000)
);
CREATE INDEX jobs_open_idx ON jobs (run_at, position) WHERE finished_at IS NULL AND died_at IS NULL;
CREATE INDEX jobs_ordering_key_idx ON jobs (ordering_key, position)
    WHERE finished_at IS NULL AND died_at IS NULL AND ordering_key IS NOT NULL;
CREATE UNIQUE INDEX jobs_unique_key_key ON jobs (kind, unique_key) WHERE finished_at IS NULL AND died_at IS NULL;
CREATE INDEX jobs_finished_at_idx ON jobs (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_died_at_idx ON jobs (died_at) WHERE died_at IS NOT NULL;
