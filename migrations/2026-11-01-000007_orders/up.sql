CREATE SEQUENCE order_numbers START WITH 1001;

CREATE TABLE orders (
    id               uuid PRIMARY KEY,
    number           bigint NOT NULL DEFAULT nextval('order_numbers'),
    user_id          uuid REFERENCES users ON DELETE SET NULL,
    -- SHA-256 of a guest's order token; the token itself is never stored.
    token_hash       bytea,
    email            text NOT NULL,
    status           text NOT NULL DEFAULT 'PENDING',
    currency         char(3) NOT NULL,
    subtotal         bigint NOT NULL,
    total            bigint NOT NULL,
    shipping_address jsonb NOT NULL,
    billing_address  jsonb,
    -- Sequence number of the newest row in order_events: taking the next one locks the order, so there are no gaps.
    last_sequence    integer NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_status_known CHECK
        (status IN ('PENDING', 'PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'CANCELLED', 'REFUNDED')),
    -- Nothing but the lines is charged.
    CONSTRAINT orders_amounts CHECK (subtotal >= 0 AND total = subtotal),
    CONSTRAINT orders_currency_format CHECK (currency ~ '^[A-Z]{3}$')
);
ALTER SEQUENCE order_numbers OWNED BY orders.number;
CREATE INDEX orders_user_id_idx ON orders (user_id, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX orders_status_idx ON orders (status, id DESC);
CREATE UNIQUE INDEX orders_token_hash_key ON orders (token_hash) WHERE token_hash IS NOT NULL;
CREATE INDEX orders_email_idx ON orders (email, id DESC);
CREATE TRIGGER orders_touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Name, sku and price are frozen: what was bought stays readable whatever becomes of the catalogue.
CREATE TABLE order_lines (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    position     integer NOT NULL,
    product_id   uuid REFERENCES products ON DELETE SET NULL,
    variant_id   uuid REFERENCES product_variants ON DELETE SET NULL,
    product_name text NOT NULL,
    variant_name text NOT NULL,
    sku          text,
    unit_price   bigint NOT NULL,
    quantity     integer NOT NULL,
    total        bigint NOT NULL,
    CONSTRAINT order_lines_position_key UNIQUE (order_id, position),
    CONSTRAINT order_lines_quantity_positive CHECK (quantity > 0),
    CONSTRAINT order_lines_unit_price_not_negative CHECK (unit_price >= 0),
    CONSTRAINT order_lines_total CHECK (total = unit_price * quantity)
);
CREATE INDEX order_lines_product_id_idx ON order_lines (product_id);
CREATE INDEX order_lines_variant_id_idx ON order_lines (variant_id);

-- The history of an order, its audit log, and what live subscriptions resume from. Append-only: an order that has a
-- history stays.
CREATE TABLE order_events (
    id            uuid PRIMARY KEY,
    order_id      uuid NOT NULL REFERENCES orders,
    sequence      integer NOT NULL,
    type          text NOT NULL,
    from_status   text,
    to_status     text,
    actor_kind    text NOT NULL,
    actor_id      uuid REFERENCES users ON DELETE SET NULL,
    note          text,
    occurred_at   timestamptz NOT NULL DEFAULT now(),
    -- The order of writing: within one order that of the sequence, whatever the clocks that made the ids. Rows of
    -- different orders become visible in another order than this, so nothing may be resumed from it.
    written       bigint GENERATED ALWAYS AS IDENTITY,
    -- Place in the shop-wide feed, given by the relay one after the other once the event is committed: a reader
    -- that has seen position n will never meet a smaller one later. Null until then.
    feed_position bigint,
    CONSTRAINT order_events_sequence_key UNIQUE (order_id, sequence),
    CONSTRAINT order_events_feed_position_key UNIQUE (feed_position),
    CONSTRAINT order_events_sequence_positive CHECK (sequence > 0),
    CONSTRAINT order_events_type_known CHECK (type IN ('PLACED', 'STATUS_CHANGED')),
    CONSTRAINT order_events_actor_known CHECK (actor_kind IN ('CUSTOMER', 'GUEST', 'STAFF', 'SYSTEM')),
    CONSTRAINT order_events_note_length CHECK (length(note) <= 1000)
);
CREATE INDEX order_events_actor_id_idx ON order_events (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX order_events_unplaced_idx ON order_events (written) WHERE feed_position IS NULL;
CREATE SEQUENCE order_feed_positions OWNED BY order_events.feed_position;

-- Whatever columns there are, two changes pass: the relay gives an event its place, and an account that is deleted is no
-- longer named.
CREATE FUNCTION order_events_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    unchanged order_events := NEW;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.feed_position IS NULL THEN
            unchanged.feed_position := NULL;
        END IF;
        IF NEW.actor_id IS NULL AND NOT EXISTS (SELECT FROM users WHERE id = OLD.actor_id) THEN
            unchanged.actor_id := OLD.actor_id;
        END IF;
        IF unchanged IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'order_events is append-only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER order_events_append_only BEFORE UPDATE OR DELETE ON order_events
    FOR EACH ROW EXECUTE FUNCTION order_events_append_only();

-- The first result of a request that carried an idempotency key; kept for a day, and so never a secret. Commits with the
-- work it stands for.
CREATE TABLE idempotency_keys (
    scope       text NOT NULL,
    key         text NOT NULL,
    fingerprint bytea NOT NULL,
    result      jsonb NOT NULL DEFAULT '{}',
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (scope, key),
    CONSTRAINT idempotency_keys_key_length CHECK (length(key) BETWEEN 1 AND 255)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
