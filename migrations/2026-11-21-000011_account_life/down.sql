DROP TRIGGER users_erased ON users;
DROP FUNCTION users_erased();
DROP TABLE account_events;
DROP FUNCTION account_events_append_only();
DROP TABLE addresses;
DROP INDEX sessions_user_id_idx;
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
ALTER TABLE sessions DROP COLUMN last_used_at;
ALTER TABLE users DROP COLUMN search_text, DROP COLUMN erased_at;
