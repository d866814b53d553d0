ALTER TABLE payments DROP COLUMN released_ref;
ALTER TABLE refunds DROP COLUMN failed_refs, DROP COLUMN silent_at;
