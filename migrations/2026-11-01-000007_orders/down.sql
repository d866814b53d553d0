DROP TABLE idempotency_keys;
DROP TABLE order_events;
DROP FUNCTION order_events_append_only();
DROP TABLE order_lines;
DROP TABLE orders;
