-- Shared building blocks. Everything here is available on managed PostgreSQL too: both extensions are "trusted".
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

-- Lower case without accents: what search compares. unaccent() is only STABLE because its dictionary could be
-- swapped; naming the dictionary pins it, so that indexes and generated columns may depend on the result.
CREATE FUNCTION fold_text(input text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT lower(public.unaccent('public.unaccent'::regdictionary, input)) $$;

-- The texts with spaces between them. array_to_string() is only STABLE because elements of other types have changing
-- texts; those of text have not.
CREATE FUNCTION spaced(texts text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT array_to_string(texts, ' ') $$;

CREATE FUNCTION touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- An id of version 7 (RFC 9562, method 3: milliseconds, then a fraction of one), for rows that a statement makes itself.
-- Taken from the running clock, not from the transaction's start: of two writers of one row, the later one gets the
-- larger id.
CREATE FUNCTION uuid_v7() RETURNS uuid
    LANGUAGE sql VOLATILE PARALLEL SAFE
    AS $$
    SELECT (lpad(to_hex(micros / 1000), 12, '0') || '7' || lpad(to_hex(micros % 1000 * 4096 / 1000), 3, '0') ||
            substring(random FROM 20 FOR 4) || substring(random FROM 25))::uuid
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, gen_random_uuid()::text) AS of (micros, random)
$$;
