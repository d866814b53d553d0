DROP TABLE reviews;
DROP FUNCTION reviews_updated();
DROP FUNCTION reviews_deleted();
DROP FUNCTION reviews_inserted();
DROP FUNCTION reviews_apply_ratings(uuid[], integer[], bigint[]);
