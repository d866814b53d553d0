-- One row per variant. The CHECKs are the last word on overselling: whatever the application does, PostgreSQL
-- refuses a row in which more is promised than is there.
CREATE TABLE inventory (
    variant_id uuid PRIMARY KEY REFERENCES product_variants ON DELETE CASCADE,
    on_hand    integer NOT NULL DEFAULT 0,
    reserved   integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_on_hand_range CHECK (on_hand BETWEEN 0 AND 1000000000),
    CONSTRAINT inventory_reserved_not_negative CHECK (reserved >= 0),
    CONSTRAINT inventory_no_oversell CHECK (reserved <= on_hand)
) WITH (fillfactor = 70);
CREATE TRIGGER inventory_touch BEFORE UPDATE ON inventory FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Every variant has a row from its first moment, so that no reader has to guess what a missing one means.
CREATE FUNCTION product_variants_open_inventory() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inventory (variant_id) SELECT id FROM new_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER product_variants_open_inventory AFTER INSERT ON product_variants
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION product_variants_open_inventory();

-- Who changed how much is on hand, and why: the stock taker's book. What orders reserve and ship is in their history.
CREATE TABLE stock_changes (
    id         uuid PRIMARY KEY,
    variant_id uuid NOT NULL REFERENCES product_variants ON DELETE CASCADE,
    actor_id   uuid REFERENCES users ON DELETE SET NULL,
    delta      integer NOT NULL,
    on_hand    integer NOT NULL,
    reason     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT stock_changes_reason_length CHECK (length(reason) <= 500)
);
CREATE INDEX stock_changes_variant_id_idx ON stock_changes (variant_id, id DESC);
CREATE INDEX stock_changes_actor_id_idx ON stock_changes (actor_id);
