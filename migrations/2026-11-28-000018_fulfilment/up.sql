-- Where the pieces of a line are. What is left of it, quantity - cancelled - shipped, is what an open order holds of the
-- stock; the CHECKs are the last word on sending, cancelling and taking back more than was bought.
ALTER TABLE order_lines
    -- Owed and delivered no longer, while the order goes on. An order that is given up whole keeps what it had.
    ADD COLUMN cancelled integer NOT NULL DEFAULT 0,
    -- Cancelled before they were paid for: there is no price of theirs to pay back.
    ADD COLUMN uncharged integer NOT NULL DEFAULT 0,
    -- Left the shop: the sum of the shipments.
    ADD COLUMN shipped   integer NOT NULL DEFAULT 0,
    -- Came back: the sum of the returns.
    ADD COLUMN returned  integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_lines_sent_or_cancelled_once CHECK
        (cancelled >= 0 AND shipped >= 0 AND cancelled + shipped <= quantity),
    ADD CONSTRAINT order_lines_uncharged_range CHECK
        (uncharged BETWEEN 0 AND cancelled AND uncharged + refunded <= quantity),
    ADD CONSTRAINT order_lines_returned_range CHECK (returned BETWEEN 0 AND shipped);

-- Pieces that left the shop together.
CREATE TABLE shipments (
    id            uuid PRIMARY KEY,
    order_id      uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    carrier       text,
    tracking_code text,
    tracking_url  text,
    actor_kind    text NOT NULL,
    actor_id      uuid REFERENCES users ON DELETE SET NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    delivered_at  timestamptz,
    CONSTRAINT shipments_actor_known CHECK (actor_kind IN ('CUSTOMER', 'GUEST', 'STAFF', 'SYSTEM')),
    CONSTRAINT shipments_text_length CHECK
        (length(carrier) BETWEEN 1 AND 100 AND length(tracking_code) BETWEEN 1 AND 100),
    -- A link that customers are shown: nothing but a page.
    CONSTRAINT shipments_tracking_url_page CHECK (tracking_url ~ '^https?://' AND length(tracking_url) <= 500)
);
CREATE INDEX shipments_order_id_idx ON shipments (order_id, id);
CREATE INDEX shipments_actor_id_idx ON shipments (actor_id) WHERE actor_id IS NOT NULL;

CREATE TABLE shipment_lines (
    shipment_id   uuid NOT NULL REFERENCES shipments ON DELETE CASCADE,
    order_line_id uuid NOT NULL REFERENCES order_lines ON DELETE CASCADE,
    quantity      integer NOT NULL,
    PRIMARY KEY (shipment_id, order_line_id),
    CONSTRAINT shipment_lines_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX shipment_lines_order_line_id_idx ON shipment_lines (order_line_id);

-- Pieces that came back together.
CREATE TABLE returns (
    id         uuid PRIMARY KEY,
    order_id   uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    note       text,
    actor_kind text NOT NULL,
    actor_id   uuid REFERENCES users ON DELETE SET NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT returns_actor_known CHECK (actor_kind IN ('CUSTOMER', 'GUEST', 'STAFF', 'SYSTEM')),
    CONSTRAINT returns_note_length CHECK (length(note) <= 1000)
);
CREATE INDEX returns_order_id_idx ON returns (order_id, id);
CREATE INDEX returns_actor_id_idx ON returns (actor_id) WHERE actor_id IS NOT NULL;

CREATE TABLE return_lines (
    return_id     uuid NOT NULL REFERENCES returns ON DELETE CASCADE,
    order_line_id uuid NOT NULL REFERENCES order_lines ON DELETE CASCADE,
    -- Of the pieces of a line some may be sold again and others not.
    restocked     boolean NOT NULL,
    quantity      integer NOT NULL,
    PRIMARY KEY (return_id, order_line_id, restocked),
    CONSTRAINT return_lines_quantity_positive CHECK (quantity > 0)
);
CREATE INDEX return_lines_order_line_id_idx ON return_lines (order_line_id);

-- Orders of before went out whole, if they did: those that were refunded may not have.
CREATE TEMPORARY TABLE sent ON COMMIT DROP AS
    SELECT orders.id AS order_id, uuid_v7() AS shipment_id, shipped.occurred_at AS at, shipped.actor_kind, shipped.actor_id,
           delivered.occurred_at AS delivered_at
    FROM orders
    LEFT JOIN order_events shipped ON shipped.order_id = orders.id AND shipped.to_status = 'SHIPPED'
    LEFT JOIN order_events delivered ON delivered.order_id = orders.id AND delivered.to_status = 'DELIVERED'
    WHERE shipped.id IS NOT NULL OR orders.status IN ('SHIPPED', 'DELIVERED');
UPDATE order_lines SET shipped = quantity FROM sent WHERE order_lines.order_id = sent.order_id;
INSERT INTO shipments (id, order_id, actor_kind, actor_id, created_at, delivered_at)
    SELECT shipment_id, order_id, coalesce(actor_kind, 'SYSTEM'), actor_id, coalesce(at, now()), delivered_at
    FROM sent WHERE EXISTS (SELECT FROM order_lines WHERE order_lines.order_id = sent.order_id);
INSERT INTO shipment_lines (shipment_id, order_line_id, quantity)
    SELECT shipment_id, order_lines.id, quantity FROM sent JOIN order_lines USING (order_id);
