-- How a product is taxed: what rates, shipping methods and products name alike, such as 'standard', 'reduced' or 'books'.
ALTER TABLE products
    ADD COLUMN tax_class text NOT NULL DEFAULT 'standard',
    ADD CONSTRAINT products_tax_class_format CHECK (tax_class ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(tax_class) <= 50);
DROP TRIGGER products_touch ON products;
CREATE TRIGGER products_touch
    BEFORE UPDATE OF category_id, slug, name, description_html, vendor, tags, attributes, status, tax_class
    ON products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Ways in which orders reach their buyers, and what each costs. A price by weight is a ladder: prices[i] up to
-- up_to_grams[i] and nothing beyond its last step; a flat one is prices[1] at any weight.
CREATE TABLE shipping_methods (
    id          uuid PRIMARY KEY,
    code        text NOT NULL,
    name        text NOT NULL,
    -- Two letters of ISO 3166-1 each; empty means everywhere.
    countries   text[] NOT NULL DEFAULT '{}',
    kind        text NOT NULL,
    up_to_grams integer[] NOT NULL DEFAULT '{}',
    prices      bigint[] NOT NULL,
    -- Costs nothing for goods of this amount and above; null: never.
    free_from   bigint,
    currency    char(3) NOT NULL,
    tax_class   text NOT NULL DEFAULT 'standard',
    position    integer NOT NULL DEFAULT 0,
    active      boolean NOT NULL DEFAULT true,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT shipping_methods_code_key UNIQUE (code),
    CONSTRAINT shipping_methods_code_format CHECK (code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(code) <= 50),
    CONSTRAINT shipping_methods_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT shipping_methods_kind_known CHECK (kind IN ('FLAT', 'BY_WEIGHT')),
    CONSTRAINT shipping_methods_ladder CHECK
        (cardinality(prices) BETWEEN 1 AND 50
         AND CASE kind WHEN 'FLAT' THEN cardinality(prices) = 1 AND cardinality(up_to_grams) = 0
                       ELSE cardinality(prices) = cardinality(up_to_grams) END),
    CONSTRAINT shipping_methods_prices_range CHECK (0 <= ALL (prices) AND 100000000000 >= ALL (prices)),
    CONSTRAINT shipping_methods_free_from_range CHECK (free_from BETWEEN 0 AND 100000000000),
    CONSTRAINT shipping_methods_currency_format CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT shipping_methods_tax_class_format CHECK (tax_class ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(tax_class) <= 50)
);
CREATE TRIGGER shipping_methods_touch BEFORE UPDATE ON shipping_methods FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- What is taxed how much where. A region's own rate comes before its country's; what has no rate is not taxed.
CREATE TABLE tax_rates (
    id         uuid PRIMARY KEY,
    country    text NOT NULL,
    -- As addresses write it, in capitals; empty for the whole country.
    region     text NOT NULL DEFAULT '',
    tax_class  text NOT NULL DEFAULT 'standard',
    name       text NOT NULL,
    -- Millionths: 200000 is 20 %.
    rate_ppm   integer NOT NULL,
    -- Where it stands in lists: by country, region and class.
    place      text COLLATE "C" NOT NULL GENERATED ALWAYS AS (country || '/' || region || '/' || tax_class) STORED,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tax_rates_place_key UNIQUE (country, region, tax_class),
    CONSTRAINT tax_rates_country_format CHECK (country ~ '^[A-Z]{2}$'),
    CONSTRAINT tax_rates_region_length CHECK (length(region) <= 200),
    CONSTRAINT tax_rates_tax_class_format CHECK (tax_class ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(tax_class) <= 50),
    CONSTRAINT tax_rates_name_length CHECK (length(name) BETWEEN 1 AND 100),
    CONSTRAINT tax_rates_rate_range CHECK (rate_ppm BETWEEN 0 AND 1000000)
);
CREATE INDEX tax_rates_place_idx ON tax_rates (place, id);
CREATE TRIGGER tax_rates_touch BEFORE UPDATE ON tax_rates FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE discounts (
    id                       uuid PRIMARY KEY,
    code                     text NOT NULL,
    kind                     text NOT NULL,
    -- PERCENT: millionths. AMOUNT: minor units of the currency. FREE_SHIPPING: 0.
    value                    bigint NOT NULL,
    currency                 char(3) NOT NULL,
    minimum_subtotal         bigint NOT NULL DEFAULT 0,
    starts_at                timestamptz,
    ends_at                  timestamptz,
    usage_limit              integer,
    usage_limit_per_customer integer,
    -- How many orders have it that were not given up.
    used                     integer NOT NULL DEFAULT 0,
    active                   boolean NOT NULL DEFAULT true,
    created_at               timestamptz NOT NULL DEFAULT now(),
    updated_at               timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT discounts_code_key UNIQUE (code),
    -- In capitals, so that a code is one however it is typed.
    CONSTRAINT discounts_code_format CHECK (code ~ '^[A-Z0-9]+([_-][A-Z0-9]+)*$' AND length(code) <= 64),
    CONSTRAINT discounts_kind_known CHECK (kind IN ('PERCENT', 'AMOUNT', 'FREE_SHIPPING')),
    CONSTRAINT discounts_value_range CHECK
        (CASE kind WHEN 'PERCENT' THEN value BETWEEN 1 AND 1000000
                   WHEN 'AMOUNT' THEN value BETWEEN 1 AND 100000000000
                   ELSE value = 0 END),
    CONSTRAINT discounts_currency_format CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT discounts_minimum_range CHECK (minimum_subtotal BETWEEN 0 AND 100000000000),
    CONSTRAINT discounts_window CHECK (starts_at < ends_at),
    CONSTRAINT discounts_limits_positive CHECK (usage_limit > 0 AND usage_limit_per_customer > 0),
    -- However many orders are placed at once: the one too many is refused here.
    CONSTRAINT discounts_used_up CHECK (used BETWEEN 0 AND coalesce(usage_limit, 2147483647))
);
-- An order that uses a code is no edit of it.
CREATE TRIGGER discounts_touch
    BEFORE UPDATE OF value, currency, minimum_subtotal, starts_at, ends_at, usage_limit, usage_limit_per_customer, active
    ON discounts FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- How often each customer has used a code. The limit stands beside the count, as it was at the last use, so that one CHECK
-- can hold both together.
CREATE TABLE discount_uses (
    discount_id uuid NOT NULL REFERENCES discounts ON DELETE CASCADE,
    -- 'user:' with the account's id, or 'email:' with the SHA-256 of the address that a guest orders with.
    customer    text NOT NULL,
    used        integer NOT NULL,
    usage_limit integer,
    PRIMARY KEY (discount_id, customer),
    CONSTRAINT discount_uses_used_up CHECK (used BETWEEN 0 AND coalesce(usage_limit, 2147483647))
);

ALTER TABLE carts
    ADD COLUMN shipping_method_id uuid REFERENCES shipping_methods ON DELETE SET NULL,
    -- Where it will go, as far as its owner has said.
    ADD COLUMN country            text,
    ADD COLUMN region             text NOT NULL DEFAULT '',
    ADD CONSTRAINT carts_country_format CHECK (country ~ '^[A-Z]{2}$'),
    ADD CONSTRAINT carts_region_length CHECK (length(region) <= 200);
CREATE INDEX carts_shipping_method_id_idx ON carts (shipping_method_id) WHERE shipping_method_id IS NOT NULL;

-- The codes of a cart: at most one that takes something off the goods, and one off shipping.
CREATE TABLE cart_discounts (
    cart_id     uuid NOT NULL REFERENCES carts ON DELETE CASCADE,
    scope       text NOT NULL,
    discount_id uuid NOT NULL REFERENCES discounts ON DELETE CASCADE,
    PRIMARY KEY (cart_id, scope),
    CONSTRAINT cart_discounts_scope_known CHECK (scope IN ('GOODS', 'SHIPPING'))
);
CREATE INDEX cart_discounts_discount_id_idx ON cart_discounts (discount_id);

-- What was ordered before had none of this: its total was that of its lines.
ALTER TABLE orders
    -- What codes took off the lines.
    ADD COLUMN discount             bigint NOT NULL DEFAULT 0,
    -- What is charged for shipping, that is after codes.
    ADD COLUMN shipping             bigint NOT NULL DEFAULT 0,
    -- Of lines and shipping; within the prices or on top of them.
    ADD COLUMN tax                  bigint NOT NULL DEFAULT 0,
    ADD COLUMN prices_include_tax   boolean NOT NULL DEFAULT true,
    ADD COLUMN shipping_method_id   uuid REFERENCES shipping_methods ON DELETE SET NULL,
    -- The method's name then; null where the shop charged nothing for shipping.
    ADD COLUMN shipping_method_name text,
    DROP CONSTRAINT orders_amounts,
    ADD CONSTRAINT orders_amounts CHECK
        (subtotal >= 0 AND discount BETWEEN 0 AND subtotal AND shipping >= 0 AND tax >= 0
         AND total = subtotal - discount + shipping + CASE WHEN prices_include_tax THEN 0 ELSE tax END),
    -- Tax that is within the prices is no more than these.
    ADD CONSTRAINT orders_tax_within CHECK (NOT prices_include_tax OR tax <= total);
CREATE INDEX orders_shipping_method_id_idx ON orders (shipping_method_id) WHERE shipping_method_id IS NOT NULL;

-- Each line's share of the order's discount and tax.
ALTER TABLE order_lines
    ADD COLUMN discount bigint NOT NULL DEFAULT 0,
    ADD COLUMN tax      bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_lines_discount_range CHECK (discount BETWEEN 0 AND total),
    ADD CONSTRAINT order_lines_tax_not_negative CHECK (tax >= 0);

-- The codes that an order used. That of free shipping has what shipping would have cost; it is in no total of the order's.
CREATE TABLE order_discounts (
    order_id      uuid NOT NULL REFERENCES orders ON DELETE CASCADE,
    discount_id   uuid NOT NULL REFERENCES discounts ON DELETE RESTRICT,
    -- As it was then.
    code          text NOT NULL,
    amount        bigint NOT NULL,
    -- Whose use it is, as in discount_uses.
    customer      text NOT NULL,
    -- Since when the use counts no longer: the order was given up.
    given_back_at timestamptz,
    PRIMARY KEY (order_id, discount_id),
    CONSTRAINT order_discounts_amount_positive CHECK (amount > 0)
);
CREATE INDEX order_discounts_discount_id_idx ON order_discounts (discount_id);

INSERT INTO role_permissions (role, permission) VALUES ('staff', 'MANAGE_PRICING'), ('admin', 'MANAGE_PRICING');
