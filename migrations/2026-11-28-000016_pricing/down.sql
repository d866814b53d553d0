DELETE FROM role_permissions WHERE permission = 'MANAGE_PRICING';
DROP TABLE order_discounts;
ALTER TABLE order_lines DROP COLUMN discount, DROP COLUMN tax;
ALTER TABLE orders DROP CONSTRAINT orders_amounts, DROP CONSTRAINT orders_tax_within;
-- What was charged beside the lines cannot be told any more: such orders are shown as if their lines had been all.
UPDATE orders SET total = subtotal WHERE total <> subtotal;
ALTER TABLE orders
    DROP COLUMN discount,
    DROP COLUMN shipping,
    DROP COLUMN tax,
    DROP COLUMN prices_include_tax,
    DROP COLUMN shipping_method_id,
    DROP COLUMN shipping_method_name,
    ADD CONSTRAINT orders_amounts CHECK (subtotal >= 0 AND total = subtotal);
DROP TABLE cart_discounts;
ALTER TABLE carts DROP COLUMN shipping_method_id, DROP COLUMN country, DROP COLUMN region;
DROP TABLE discount_uses;
DROP TABLE discounts;
DROP TABLE tax_rates;
DROP TABLE shipping_methods;
DROP TRIGGER products_touch ON products;
ALTER TABLE products DROP COLUMN tax_class;
CREATE TRIGGER products_touch BEFORE UPDATE OF category_id, slug, name, description_html, vendor, tags, attributes, status
    ON products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
