-- Events to be published, written in the transaction of the change they tell of. At least once, in order per aggregate.
CREATE TABLE outbox (
    -- Stays the same however often the event is published, so that a receiver can tell a repetition. The event of an
    -- order has the id of its row in order_events.
    id             uuid PRIMARY KEY,
    -- The order of writing. Writers hold a lock on their aggregate, so within one aggregate it is the order of events; but
    -- for a variant whose price or sale changes: its stock stays free for orders meanwhile, and receivers read it anew.
    position       bigint GENERATED ALWAYS AS IDENTITY,
    aggregate_type text NOT NULL,
    aggregate_id   uuid NOT NULL,
    type           text NOT NULL,
    payload        jsonb NOT NULL,
    occurred_at    timestamptz NOT NULL DEFAULT now(),
    -- Until when one relay has this row to itself; a relay that died lets it lapse.
    leased_until   timestamptz,
    published_at   timestamptz
);
CREATE INDEX outbox_unpublished_idx ON outbox (position) WHERE published_at IS NULL;
CREATE INDEX outbox_leased_idx ON outbox (leased_until) WHERE published_at IS NULL AND leased_until IS NOT NULL;
CREATE INDEX outbox_published_at_idx ON outbox (published_at) WHERE published_at IS NOT NULL;
