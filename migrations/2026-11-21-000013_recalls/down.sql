DROP TRIGGER users_recall ON users;
DROP FUNCTION users_recall_tokens();
DROP TRIGGER sessions_recall ON sessions;
DROP FUNCTION sessions_note_recall();
ALTER TABLE sessions DROP COLUMN generation, DROP COLUMN recalled_at;
