CREATE TABLE categories (
    id          uuid PRIMARY KEY,
    parent_id   uuid REFERENCES categories ON DELETE RESTRICT,
    slug        text NOT NULL,
    name        text NOT NULL,
    description text NOT NULL DEFAULT '',
    position    integer NOT NULL DEFAULT 0,
    -- Materialised path: the ids from the root down to this category, itself included.
    path        uuid[] NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    updated_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT categories_slug_key UNIQUE (slug),
    CONSTRAINT categories_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 255),
    CONSTRAINT categories_name_length CHECK (length(name) BETWEEN 1 AND 255),
    CONSTRAINT categories_depth CHECK (cardinality(path) BETWEEN 1 AND 10),
    CONSTRAINT categories_path_end CHECK (path[cardinality(path)] = id)
);
CREATE INDEX categories_parent_id_idx ON categories (parent_id, position, id);
CREATE INDEX categories_path_idx ON categories USING gin (path);

-- Keeps the path right whoever writes: takes it from the parent, refuses circles, and carries a move down the subtree.
CREATE FUNCTION categories_set_path() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    parent_path uuid[];
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := ARRAY[NEW.id];
        RETURN NEW;
    END IF;
    SELECT path INTO parent_path FROM categories WHERE id = NEW.parent_id FOR SHARE;
    IF NEW.id = NEW.parent_id OR NEW.id = ANY (parent_path) THEN
        RAISE EXCEPTION 'a category cannot be placed below itself'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'categories_no_circle', TABLE = 'categories';
    END IF;
    NEW.path := parent_path || NEW.id;
    RETURN NEW;
END
$$;
CREATE TRIGGER categories_path BEFORE INSERT OR UPDATE OF parent_id ON categories
    FOR EACH ROW EXECUTE FUNCTION categories_set_path();

CREATE FUNCTION categories_move_subtree() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE categories
    SET path = NEW.path || path[array_position(path, NEW.id) + 1:]
    WHERE path @> ARRAY[NEW.id] AND id <> NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER categories_subtree AFTER UPDATE OF parent_id ON categories
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION categories_move_subtree();
CREATE TRIGGER categories_touch BEFORE UPDATE ON categories FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE products (
    id                 uuid PRIMARY KEY,
    category_id        uuid REFERENCES categories ON DELETE SET NULL,
    slug               text NOT NULL,
    name               text NOT NULL,
    description_html   text NOT NULL DEFAULT '',
    description        text NOT NULL DEFAULT '',
    vendor             text NOT NULL DEFAULT '',
    tags               text[] NOT NULL DEFAULT '{}',
    attributes         jsonb NOT NULL DEFAULT '{}',
    status             text NOT NULL DEFAULT 'draft',
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    -- What follows is kept by triggers from the product's variants and reviews, never written by the application.
    default_variant_id uuid,
    price_min          bigint NOT NULL DEFAULT 0,
    price_max          bigint NOT NULL DEFAULT 0,
    rating_count       integer NOT NULL DEFAULT 0,
    rating_sum         bigint NOT NULL DEFAULT 0,
    -- Average rating in thousandths of a star, 0 without reviews: exact, so that a cursor can point between two products.
    rating_millis      integer NOT NULL GENERATED ALWAYS AS
                       (CASE WHEN rating_count = 0 THEN 0 ELSE (rating_sum * 1000 / rating_count)::integer END) STORED,
    skus               text NOT NULL DEFAULT '',
    -- What its variants are called: a black T-shirt is found although only its variant is black.
    choices            text NOT NULL DEFAULT '',
    -- What names are searched and sorted by. "C" compares bytes: the same order on every server, whatever its locale.
    search_name        text COLLATE "C" NOT NULL GENERATED ALWAYS AS (fold_text(name)) STORED,
    search_document    tsvector NOT NULL GENERATED ALWAYS AS (
                           setweight(to_tsvector('english', fold_text(name)), 'A') ||
                           setweight(to_tsvector('simple', translate(fold_text(skus), '-_./', '    ')), 'A') ||
                           setweight(to_tsvector('english', fold_text(vendor)), 'B') ||
                           setweight(to_tsvector('english', fold_text(spaced(tags))), 'B') ||
                           setweight(to_tsvector('english', fold_text(choices)), 'B') ||
                           setweight(to_tsvector('english', fold_text(description)), 'C')
                       ) STORED,
    CONSTRAINT products_slug_key UNIQUE (slug),
    CONSTRAINT products_slug_format CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 255),
    CONSTRAINT products_name_length CHECK (length(name) BETWEEN 1 AND 255),
    CONSTRAINT products_status_known CHECK (status IN ('draft', 'active', 'archived')),
    CONSTRAINT products_attributes_object CHECK (jsonb_typeof(attributes) = 'object'),
    CONSTRAINT products_rating_range CHECK (rating_sum BETWEEN rating_count AND rating_count * 5::bigint)
);
-- A new review or price is no edit of the product: only its own columns move updated_at.
CREATE TRIGGER products_touch BEFORE UPDATE OF category_id, slug, name, description_html, vendor, tags, attributes, status
    ON products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
-- One index per sort order that shoppers can page through, of the shop and of each category.
CREATE INDEX products_newest_idx ON products (created_at DESC, id DESC) WHERE status = 'active';
CREATE INDEX products_price_idx ON products (price_min, id) WHERE status = 'active';
CREATE INDEX products_name_idx ON products (search_name, id) WHERE status = 'active';
CREATE INDEX products_rating_idx ON products (rating_millis DESC, id DESC) WHERE status = 'active';
CREATE INDEX products_category_id_idx ON products (category_id, created_at DESC, id DESC);
CREATE INDEX products_category_price_idx ON products (category_id, price_min, id) WHERE status = 'active';
CREATE INDEX products_category_name_idx ON products (category_id, search_name, id) WHERE status = 'active';
CREATE INDEX products_category_rating_idx ON products (category_id, rating_millis DESC, id DESC) WHERE status = 'active';
-- Written at once: what waits in a list to be merged is read from end to end by every search meanwhile.
CREATE INDEX products_search_idx ON products USING gin (search_document) WITH (fastupdate = off);
CREATE INDEX products_search_name_idx ON products USING gin (search_name gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX products_attributes_idx ON products USING gin (attributes jsonb_path_ops) WITH (fastupdate = off);

-- What a shopper chooses between, such as Size or Colour. A variant's option_values follow the options' positions.
CREATE TABLE product_options (
    id         uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    position   integer NOT NULL,
    name       text NOT NULL,
    values     text[] NOT NULL,
    CONSTRAINT product_options_position_key UNIQUE (product_id, position),
    CONSTRAINT product_options_name_key UNIQUE (product_id, name),
    CONSTRAINT product_options_position_range CHECK (position BETWEEN 1 AND 3),
    CONSTRAINT product_options_name_length CHECK (length(name) BETWEEN 1 AND 100)
);

CREATE TABLE product_variants (
    id               uuid PRIMARY KEY,
    product_id       uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    sku              text,
    option_values    text[] NOT NULL DEFAULT '{}',
    position         integer NOT NULL DEFAULT 1,
    price            bigint NOT NULL,
    compare_at_price bigint,
    currency         char(3) NOT NULL,
    weight_grams     integer,
    barcode          text,
    archived_at      timestamptz,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT product_variants_sku_key UNIQUE (sku),
    CONSTRAINT product_variants_options_key UNIQUE (product_id, option_values),
    CONSTRAINT product_variants_sku_length CHECK (length(sku) BETWEEN 1 AND 100),
    CONSTRAINT product_variants_price_range CHECK (price BETWEEN 0 AND 100000000000),
    CONSTRAINT product_variants_compare_at_price_range CHECK (compare_at_price BETWEEN 0 AND 100000000000),
    CONSTRAINT product_variants_weight_range CHECK (weight_grams BETWEEN 0 AND 100000000),
    CONSTRAINT product_variants_currency_format CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT product_variants_option_count CHECK (cardinality(option_values) <= 3)
);
CREATE INDEX product_variants_product_id_idx ON product_variants (product_id, position, id);
-- Its two ends tell at once whether all prices are in one currency.
CREATE INDEX product_variants_currency_idx ON product_variants (currency);
CREATE TRIGGER product_variants_touch BEFORE UPDATE ON product_variants FOR EACH ROW
    WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION touch_updated_at();

ALTER TABLE products ADD CONSTRAINT products_default_variant_id_fkey
    FOREIGN KEY (default_variant_id) REFERENCES product_variants ON DELETE SET NULL
    -- So that a bulk load can write products complete, before their variants.
    DEFERRABLE INITIALLY IMMEDIATE;
CREATE INDEX products_default_variant_id_idx ON products (default_variant_id);

CREATE TABLE product_images (
    id         uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    variant_id uuid REFERENCES product_variants ON DELETE SET NULL,
    url        text NOT NULL,
    alt_text   text NOT NULL DEFAULT '',
    position   integer NOT NULL,
    CONSTRAINT product_images_url_key UNIQUE (product_id, url),
    CONSTRAINT product_images_url_length CHECK (length(url) BETWEEN 1 AND 2048)
);
CREATE INDEX product_images_product_id_idx ON product_images (product_id, position, id);
CREATE INDEX product_images_variant_id_idx ON product_images (variant_id) WHERE variant_id IS NOT NULL;

-- The default variant (the first living one), the price range and what is searched of variants follow the variants.
-- Statement level: an import of ten variants refreshes their product once.
CREATE FUNCTION products_refresh_from_variants(product_ids uuid[]) RETURNS void
    LANGUAGE sql
    AS $$
    UPDATE products p
    SET default_variant_id = v.default_variant_id, price_min = v.price_min, price_max = v.price_max, skus = v.skus,
        choices = v.choices
    FROM (
        SELECT ids.id AS product_id,
               (array_agg(pv.id ORDER BY pv.position, pv.id) FILTER (WHERE pv.id IS NOT NULL))[1] AS default_variant_id,
               coalesce(min(pv.price), 0) AS price_min,
               coalesce(max(pv.price), 0) AS price_max,
               coalesce(string_agg(pv.sku, ' ' ORDER BY pv.position, pv.id), '') AS skus,
               coalesce(string_agg(DISTINCT spaced(pv.option_values), ' '), '') AS choices
        FROM unnest(product_ids) AS ids (id)
        LEFT JOIN product_variants pv ON pv.product_id = ids.id AND pv.archived_at IS NULL
        GROUP BY ids.id
    ) v
    WHERE p.id = v.product_id
      AND (p.default_variant_id, p.price_min, p.price_max, p.skus, p.choices)
          IS DISTINCT FROM (v.default_variant_id, v.price_min, v.price_max, v.skus, v.choices)
$$;
CREATE FUNCTION product_variants_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM products_refresh_from_variants(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END
$$;
CREATE FUNCTION product_variants_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM products_refresh_from_variants(ARRAY(
        SELECT product_id FROM new_rows UNION SELECT product_id FROM old_rows));
    RETURN NULL;
END
$$;
CREATE FUNCTION product_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM products_refresh_from_variants(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END
$$;
CREATE TRIGGER product_variants_inserted AFTER INSERT ON product_variants
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION product_variants_inserted();
CREATE TRIGGER product_variants_updated AFTER UPDATE ON product_variants
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION product_variants_updated();
CREATE TRIGGER product_variants_deleted AFTER DELETE ON product_variants
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION product_variants_deleted();
