DROP INDEX orders_unowned_email_idx;
DROP TABLE mailed_tokens;
ALTER TABLE users DROP COLUMN email_verified_at;
