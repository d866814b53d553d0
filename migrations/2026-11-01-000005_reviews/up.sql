CREATE TABLE reviews (
    id         uuid PRIMARY KEY,
    product_id uuid NOT NULL REFERENCES products ON DELETE CASCADE,
    author_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    rating     smallint NOT NULL,
    title      text NOT NULL DEFAULT '',
    body       text NOT NULL DEFAULT '',
    status     text NOT NULL DEFAULT 'published',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reviews_author_key UNIQUE (product_id, author_id),
    CONSTRAINT reviews_rating_range CHECK (rating BETWEEN 1 AND 5),
    CONSTRAINT reviews_title_length CHECK (length(title) <= 200),
    CONSTRAINT reviews_body_length CHECK (length(body) <= 5000),
    CONSTRAINT reviews_status_known CHECK (status IN ('published', 'hidden'))
);
CREATE INDEX reviews_newest_idx ON reviews (product_id, created_at DESC, id DESC) WHERE status = 'published';
CREATE INDEX reviews_best_idx ON reviews (product_id, rating DESC, id DESC) WHERE status = 'published';
-- The moderators' list, over all products.
CREATE INDEX reviews_status_idx ON reviews (status, created_at DESC, id DESC);
CREATE INDEX reviews_author_id_idx ON reviews (author_id);
CREATE TRIGGER reviews_touch BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

-- Count and sum of the published ratings live on the product and move by what a statement changed,
-- in product order so that two writers cannot deadlock.
CREATE FUNCTION reviews_apply_ratings(product_ids uuid[], counts integer[], sums bigint[]) RETURNS void
    LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM products WHERE id = ANY (product_ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE products p
    SET rating_count = p.rating_count + d.count_delta, rating_sum = p.rating_sum + d.sum_delta
    FROM unnest(product_ids, counts, sums) AS d (product_id, count_delta, sum_delta)
    WHERE p.id = d.product_id AND (d.count_delta <> 0 OR d.sum_delta <> 0);
END
$$;
CREATE FUNCTION reviews_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[]; counts integer[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(s) INTO ids, counts, sums
    FROM (SELECT product_id, count(*)::integer AS n, sum(rating) AS s
          FROM new_rows WHERE status = 'published' GROUP BY product_id) d;
    PERFORM reviews_apply_ratings(ids, counts, sums);
    RETURN NULL;
END
$$;
CREATE FUNCTION reviews_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[]; counts integer[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(s) INTO ids, counts, sums
    FROM (SELECT product_id, -count(*)::integer AS n, -sum(rating) AS s
          FROM old_rows WHERE status = 'published' GROUP BY product_id) d;
    PERFORM reviews_apply_ratings(ids, counts, sums);
    RETURN NULL;
END
$$;
CREATE FUNCTION reviews_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[]; counts integer[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(s) INTO ids, counts, sums
    FROM (SELECT product_id, sum(sign)::integer AS n, sum(sign * rating)::bigint AS s
          FROM (SELECT product_id, rating, 1 AS sign FROM new_rows WHERE status = 'published'
                UNION ALL
                SELECT product_id, rating, -1 FROM old_rows WHERE status = 'published') moves
          GROUP BY product_id) d;
    PERFORM reviews_apply_ratings(ids, counts, sums);
    RETURN NULL;
END
$$;
CREATE TRIGGER reviews_inserted AFTER INSERT ON reviews
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_inserted();
CREATE TRIGGER reviews_updated AFTER UPDATE ON reviews
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_updated();
CREATE TRIGGER reviews_deleted AFTER DELETE ON reviews
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION reviews_deleted();
