DELETE FROM role_permissions WHERE permission IN ('MANAGE_WEBHOOKS', 'MANAGE_JOBS');
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;
DROP INDEX jobs_died_at_idx;
CREATE INDEX jobs_died_at_idx ON jobs (died_at) WHERE died_at IS NOT NULL;
DROP INDEX jobs_open_idx;
CREATE INDEX jobs_open_idx ON jobs (run_at, position) WHERE finished_at IS NULL AND died_at IS NULL;
DROP INDEX jobs_open_ordering_key_idx;
CREATE INDEX jobs_ordering_key_idx ON jobs (ordering_key, position)
    WHERE finished_at IS NULL AND died_at IS NULL AND ordering_key IS NOT NULL;
ALTER TABLE jobs DROP COLUMN subject, DROP COLUMN open_ordering_key;
DROP INDEX outbox_not_fanned_out_idx;
ALTER TABLE outbox DROP COLUMN fanned_out_at;
