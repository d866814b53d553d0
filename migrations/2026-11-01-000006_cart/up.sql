CREATE TABLE carts (
    id         uuid PRIMARY KEY,
    user_id    uuid REFERENCES users ON DELETE CASCADE,
    -- SHA-256 of a guest's cart token; the token itself is never stored.
    token_hash bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT carts_user_id_key UNIQUE (user_id),
    CONSTRAINT carts_token_hash_key UNIQUE (token_hash),
    CONSTRAINT carts_one_owner CHECK ((user_id IS NULL) <> (token_hash IS NULL)),
    CONSTRAINT carts_token_hash_length CHECK (length(token_hash) = 32)
);
CREATE INDEX carts_updated_at_idx ON carts (updated_at) WHERE user_id IS NULL;

CREATE TABLE cart_lines (
    id            uuid PRIMARY KEY,
    cart_id       uuid NOT NULL REFERENCES carts ON DELETE CASCADE,
    variant_id    uuid NOT NULL REFERENCES product_variants ON DELETE CASCADE,
    quantity      integer NOT NULL,
    -- The unit price the shopper last saw, in minor units: a cart warns when the variant's price has moved since.
    price_seen    bigint NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT cart_lines_variant_key UNIQUE (cart_id, variant_id),
    CONSTRAINT cart_lines_quantity_range CHECK (quantity BETWEEN 1 AND 1000)
);
CREATE INDEX cart_lines_variant_id_idx ON cart_lines (variant_id);
