-- When the event was turned into jobs, in the transaction that wrote them. Apart from published_at: live views may wait for
-- Redis, mail and webhooks need none.
ALTER TABLE outbox ADD COLUMN fanned_out_at timestamptz;
-- What was published before there were consumers is news no more.
UPDATE outbox SET fanned_out_at = now() WHERE published_at IS NOT NULL;
CREATE INDEX outbox_not_fanned_out_idx ON outbox (position) WHERE fanned_out_at IS NULL;

-- What a job is about, for those who look into dead ones: nothing secret and nothing of anybody's person, unlike its payload.
ALTER TABLE jobs
    ADD COLUMN subject text,
    ADD CONSTRAINT jobs_subject_length CHECK (length(subject) <= 200);
-- Workers ask kind by kind: a kind of which many wait must not be in the way of the others.
DROP INDEX jobs_open_idx;
CREATE INDEX jobs_open_idx ON jobs (kind, run_at, position) WHERE finished_at IS NULL AND died_at IS NULL;
-- Whether an earlier job of the same order is open is asked for each job that is due. What is asked for so has an index that
-- serves nothing else, for a planner that believes the queue to be empty, as it mostly is, takes any other as well: then
-- each job that waits is held against each other.
ALTER TABLE jobs ADD COLUMN open_ordering_key text
    GENERATED ALWAYS AS (CASE WHEN finished_at IS NULL AND died_at IS NULL THEN ordering_key END) STORED;
DROP INDEX jobs_ordering_key_idx;
CREATE INDEX jobs_open_ordering_key_idx ON jobs (open_ordering_key, position) WHERE open_ordering_key IS NOT NULL;
-- The list of dead jobs.
DROP INDEX jobs_died_at_idx;
CREATE INDEX jobs_died_at_idx ON jobs (died_at, id) WHERE died_at IS NOT NULL;

-- Where other systems want to hear of the shop's events.
CREATE TABLE webhook_endpoints (
    id                    uuid PRIMARY KEY,
    url                   text NOT NULL,
    description           text NOT NULL DEFAULT '',
    event_types           text[] NOT NULL,
    -- Encrypted with a key that is not in the database.
    secret                bytea NOT NULL,
    -- The one before, with which deliveries are signed as well until then.
    previous_secret       bytea,
    previous_secret_until timestamptz,
    enabled               boolean NOT NULL DEFAULT true,
    disabled_at           timestamptz,
    disabled_reason       text,
    -- The first of the failures since anything was delivered, and how many there were.
    failing_since         timestamptz,
    failures              integer NOT NULL DEFAULT 0,
    -- After several failures in a row only one delivery at a time asks whether the endpoint is back; the others wait until then.
    paused_until          timestamptz,
    created_at            timestamptz NOT NULL DEFAULT now(),
    updated_at            timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_endpoints_url_length CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT webhook_endpoints_description_length CHECK (length(description) <= 500),
    CONSTRAINT webhook_endpoints_previous_secret CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CONSTRAINT webhook_endpoints_disabled CHECK
        (enabled = (disabled_at IS NULL) AND enabled = (disabled_reason IS NULL)),
    CONSTRAINT webhook_endpoints_disabled_reason_known CHECK (disabled_reason IN ('STAFF', 'GONE', 'FAILING')),
    CONSTRAINT webhook_endpoints_failures CHECK (failures >= 0 AND (failures = 0) = (failing_since IS NULL))
);
CREATE TRIGGER webhook_endpoints_touch BEFORE UPDATE ON webhook_endpoints
    FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- An event on its way to one endpoint, or there. The job that brings it has the same id.
CREATE TABLE webhook_deliveries (
    id           uuid PRIMARY KEY,
    endpoint_id  uuid NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    -- Of the outbox; the same for each endpoint and each replay, so that a receiver can tell a repetition.
    event_id     uuid NOT NULL,
    event_type   text NOT NULL,
    -- What the event is about, whose deliveries come in order.
    aggregate_id uuid NOT NULL,
    -- What is sent, to the byte.
    body         text NOT NULL,
    -- Sent once more because staff wanted it.
    replay       boolean NOT NULL DEFAULT false,
    -- [{"at", "status", "durationMs", "error"}], oldest first, the last fifty.
    attempts     jsonb NOT NULL DEFAULT '[]',
    delivered_at timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT webhook_deliveries_attempts CHECK
        (jsonb_typeof(attempts) = 'array' AND jsonb_array_length(attempts) <= 50)
);
CREATE INDEX webhook_deliveries_endpoint_id_idx ON webhook_deliveries (endpoint_id, id DESC);
CREATE INDEX webhook_deliveries_created_at_idx ON webhook_deliveries (created_at);

INSERT INTO role_permissions (role, permission) VALUES ('admin', 'MANAGE_WEBHOOKS'), ('admin', 'MANAGE_JOBS');
