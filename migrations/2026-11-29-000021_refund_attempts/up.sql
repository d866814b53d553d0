-- What the provider calls the refund by which it let go of the part of a hold that was not taken. Of money that came in nothing
-- goes back by it. Payments first, as whoever pays back locks them.
ALTER TABLE payments ADD COLUMN released_ref text;

-- A refund may take several attempts, and a provider tells of each when it likes.
ALTER TABLE refunds
    -- What the provider calls attempts that failed: whatever it still tells of them is told too late.
    ADD COLUMN failed_refs text[] NOT NULL DEFAULT '{}',
    -- When the provider was last asked and did not answer: it may be at it still.
    ADD COLUMN silent_at   timestamptz;
