-- What an order has come to in money. Each amount moves with the event that tells of it (`orders::events::append`), in one
-- statement; the CHECKs are the last word on charging twice and on paying back too much.
ALTER TABLE orders
    -- Captured, over all of its payments.
    ADD COLUMN paid          bigint NOT NULL DEFAULT 0,
    -- What goes back or went back: decided, whether the provider has done it yet or not.
    ADD COLUMN refunded      bigint NOT NULL DEFAULT 0,
    -- The value of what was bought and then cancelled: it is owed no longer.
    ADD COLUMN cancelled     bigint NOT NULL DEFAULT 0,
    -- Until when an unpaid order holds its stock; null where it waits for somebody's decision.
    ADD COLUMN expires_at    timestamptz,
    ADD COLUMN cancel_reason text,
    ADD CONSTRAINT orders_refunded_is_paid CHECK (refunded BETWEEN 0 AND paid),
    ADD CONSTRAINT orders_keeps_no_more_than_it_costs CHECK (paid - refunded <= total),
    ADD CONSTRAINT orders_cancelled_range CHECK (cancelled BETWEEN 0 AND total),
    ADD CONSTRAINT orders_cancel_reason_known CHECK
        (cancel_reason IN ('CUSTOMER', 'STAFF', 'EXPIRED') AND status = 'CANCELLED' OR cancel_reason IS NULL);
CREATE INDEX orders_expires_at_idx ON orders (expires_at) WHERE status = 'PENDING' AND expires_at IS NOT NULL;

-- One way in which money for an order comes in.
CREATE TABLE payments (
    id                  uuid PRIMARY KEY,
    order_id            uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    provider            text NOT NULL,
    status              text NOT NULL DEFAULT 'PENDING',
    currency            char(3) NOT NULL,
    amount              bigint NOT NULL,
    captured            bigint NOT NULL DEFAULT 0,
    -- As orders.refunded: decided.
    refunded            bigint NOT NULL DEFAULT 0,
    -- Whether the money is taken as soon as the customer agrees, or when staff say so.
    capture             text NOT NULL DEFAULT 'AUTOMATIC',
    -- What the provider calls it; null until it was told of it.
    provider_ref        text,
    -- Why the customer's last attempt failed.
    failure_code        text,
    failure_message     text,
    -- What was decided and the provider has yet to do.
    capture_requested   bigint,
    cancel_requested_at timestamptz,
    -- Counts the idempotency keys that the provider was sent: a new one once it has answered the last with a failure that it
    -- would repeat for ever.
    key_round           integer NOT NULL DEFAULT 0,
    -- When the provider is asked next how it stands, and how often that was in vain.
    check_at            timestamptz,
    checks              integer NOT NULL DEFAULT 0,
    created_at          timestamptz NOT NULL DEFAULT now(),
    updated_at          timestamptz NOT NULL DEFAULT now(),
    -- One charge is one payment, and so one order's.
    CONSTRAINT payments_reference_key UNIQUE (provider, provider_ref),
    CONSTRAINT payments_provider_known CHECK (provider IN ('stripe', 'manual')),
    CONSTRAINT payments_status_known CHECK (status IN ('PENDING', 'AUTHORIZED', 'CAPTURED', 'CANCELLED')),
    CONSTRAINT payments_capture_known CHECK (capture IN ('AUTOMATIC', 'MANUAL')),
    CONSTRAINT payments_currency_format CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_amount_positive CHECK (amount > 0),
    CONSTRAINT payments_captured_range CHECK (captured BETWEEN 0 AND amount AND (captured > 0) = (status = 'CAPTURED')),
    CONSTRAINT payments_refunded_range CHECK (refunded BETWEEN 0 AND captured),
    CONSTRAINT payments_capture_requested_range CHECK (capture_requested BETWEEN 1 AND amount),
    CONSTRAINT payments_failure_length CHECK (length(failure_code) <= 100 AND length(failure_message) <= 500)
);
CREATE INDEX payments_order_id_idx ON payments (order_id, id);
-- An order is paid in one way at a time. One that is to be cancelled makes way; should it be paid all the same, it is paid back.
CREATE UNIQUE INDEX payments_one_open_key ON payments (order_id)
    WHERE status IN ('PENDING', 'AUTHORIZED') AND cancel_requested_at IS NULL;
CREATE INDEX payments_check_at_idx ON payments (check_at) WHERE check_at IS NOT NULL;
CREATE TRIGGER payments_touch BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Money on its way back. Decided in one transaction with what it is for, done by a job.
CREATE TABLE refunds (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    payment_id   uuid NOT NULL REFERENCES payments ON DELETE CASCADE,
    currency     char(3) NOT NULL,
    amount       bigint NOT NULL,
    reason       text NOT NULL,
    note         text,
    status       text NOT NULL DEFAULT 'PENDING',
    provider_ref text,
    failure      text,
    actor_kind   text NOT NULL,
    actor_id     uuid REFERENCES users ON DELETE SET NULL,
    key_round    integer NOT NULL DEFAULT 0,
    -- When to look after it again, should its job have died.
    check_at     timestamptz,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT refunds_reference_key UNIQUE (payment_id, provider_ref),
    CONSTRAINT refunds_amount_positive CHECK (amount > 0),
    CONSTRAINT refunds_currency_format CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT refunds_reason_known CHECK (reason IN
        ('REQUESTED', 'ORDER_CANCELLED', 'LINES_CANCELLED', 'RETURNED', 'LATE_PAYMENT', 'OVERPAID', 'EXTERNAL')),
    CONSTRAINT refunds_status_known CHECK (status IN ('PENDING', 'SUCCEEDED', 'FAILED')),
    CONSTRAINT refunds_actor_known CHECK (actor_kind IN ('CUSTOMER', 'GUEST', 'STAFF', 'SYSTEM')),
    CONSTRAINT refunds_text_length CHECK (length(note) <= 1000 AND length(failure) <= 500)
);
CREATE INDEX refunds_order_id_idx ON refunds (order_id, id);
CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);
CREATE INDEX refunds_actor_id_idx ON refunds (actor_id) WHERE actor_id IS NOT NULL;
CREATE INDEX refunds_check_at_idx ON refunds (check_at) WHERE check_at IS NOT NULL;
CREATE TRIGGER refunds_touch BEFORE UPDATE ON refunds FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Which bought pieces money went back for.
CREATE TABLE refund_lines (
    refund_id     uuid NOT NULL REFERENCES refunds ON DELETE CASCADE,
    order_line_id uuid NOT NULL REFERENCES order_lines ON DELETE CASCADE,
    quantity      integer NOT NULL,
    PRIMARY KEY (refund_id, order_line_id),
    CONSTRAINT refund_lines_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX refund_lines_order_line_id_idx ON refund_lines (order_line_id);
-- Of a line no more pieces are paid back than were bought.
ALTER TABLE order_lines
    ADD COLUMN refunded integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_lines_refunded_range CHECK (refunded BETWEEN 0 AND quantity);

-- What was asked of a provider, or told by it, and what came of it: the log to look into when books differ.
CREATE TABLE payment_transactions (
    id          uuid PRIMARY KEY,
    payment_id  uuid NOT NULL REFERENCES payments ON DELETE CASCADE,
    refund_id   uuid REFERENCES refunds ON DELETE CASCADE,
    kind        text NOT NULL,
    outcome     text NOT NULL,
    amount      bigint,
    message     text,
    occurred_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT payment_transactions_kind_known CHECK (kind IN ('CREATE', 'AUTHORIZE', 'CAPTURE', 'CANCEL', 'REFUND', 'ATTEMPT')),
    CONSTRAINT payment_transactions_outcome_known CHECK (outcome IN ('SUCCEEDED', 'FAILED', 'UNKNOWN')),
    CONSTRAINT payment_transactions_message_length CHECK (length(message) <= 500)
);
CREATE INDEX payment_transactions_payment_id_idx ON payment_transactions (payment_id, id);
CREATE INDEX payment_transactions_refund_id_idx ON payment_transactions (refund_id) WHERE refund_id IS NOT NULL;

-- What providers told, each event once however often it is delivered; worked off by a job.
CREATE TABLE gateway_events (
    provider    text NOT NULL,
    id          text NOT NULL,
    kind        text NOT NULL,
    -- Sealed: it holds what lets a customer pay, and their data.
    payload     bytea NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    handled_at  timestamptz,
    PRIMARY KEY (provider, id),
    CONSTRAINT gateway_events_length CHECK (length(id) BETWEEN 1 AND 255 AND length(kind) <= 255)
);
CREATE INDEX gateway_events_handled_at_idx ON gateway_events (handled_at) WHERE handled_at IS NOT NULL;

-- What happens to an order without moving it is history as well.
ALTER TABLE order_events
    -- What else there is to know of it: ids of payments and refunds, amounts.
    ADD COLUMN data jsonb,
    DROP CONSTRAINT order_events_type_known,
    ADD CONSTRAINT order_events_type_known CHECK (type IN
        ('PLACED', 'STATUS_CHANGED', 'PAYMENT_AUTHORIZED', 'PAYMENT_RECEIVED', 'PAYMENT_FAILED',
         'REFUND_REQUESTED', 'REFUND_SUCCEEDED', 'REFUND_FAILED',
         'LINES_CANCELLED', 'SHIPMENT_SENT', 'RETURN_RECEIVED', 'EDITED')),
    ADD CONSTRAINT order_events_statuses CHECK ((type IN ('PLACED', 'STATUS_CHANGED')) = (to_status IS NOT NULL));

-- Orders of before were paid by hand, as far as they went.
INSERT INTO payments (id, order_id, provider, status, currency, amount, captured, refunded, provider_ref, created_at)
    SELECT uuid_v7(), id, 'manual', 'CAPTURED', currency, total, total, CASE WHEN status = 'REFUNDED' THEN total ELSE 0 END,
           id::text, updated_at
    FROM orders WHERE total > 0 AND status IN ('PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'REFUNDED');
INSERT INTO refunds (id, order_id, payment_id, currency, amount, reason, status, provider_ref, actor_kind)
    SELECT uuid_v7(), order_id, id, currency, refunded, 'REQUESTED', 'SUCCEEDED', id::text, 'SYSTEM'
    FROM payments WHERE refunded > 0;
UPDATE orders SET paid = total, refunded = CASE WHEN status = 'REFUNDED' THEN total ELSE 0 END
    WHERE status IN ('PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED', 'REFUNDED');

ALTER TABLE orders
    -- What goes out is paid for, and what is given up keeps nothing: no payment sticks to a cancelled order.
    ADD CONSTRAINT orders_paid_for CHECK
        (status NOT IN ('PAID', 'PROCESSING', 'SHIPPED', 'DELIVERED') OR paid >= total - cancelled),
    ADD CONSTRAINT orders_given_up_keep_nothing CHECK (status NOT IN ('CANCELLED', 'REFUNDED') OR paid = refunded);

INSERT INTO role_permissions (role, permission) VALUES ('staff', 'MANAGE_PAYMENTS'), ('admin', 'MANAGE_PAYMENTS');
