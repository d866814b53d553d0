-- Shared building blocks. Everything here is available on managed PostgreSQL too: both extensions are "trusted".
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Lower case without accents: what search compares. unaccent() is only STABLE because its dictionary could be
-- swapped; naming the dictionary pins it, so that indexes and generated columns may depend on the result.
CREATE FUNCTION fold_text(input text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, input)) $$;

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
