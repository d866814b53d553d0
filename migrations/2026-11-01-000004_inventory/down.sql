DROP TABLE stock_changes;
DROP TRIGGER product_variants_open_inventory ON product_variants;
DROP FUNCTION product_variants_open_inventory();
DROP TABLE inventory;
