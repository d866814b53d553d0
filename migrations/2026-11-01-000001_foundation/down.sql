DROP FUNCTION uuid_v7();
DROP FUNCTION touch_updated_at();
DROP FUNCTION spaced(text[]);
DROP FUNCTION fold_text(text);
DROP EXTENSION unaccent;
DROP EXTENSION pg_trgm;
