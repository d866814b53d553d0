//! The tables as Diesel sees them. Mirrors `migrations/`; `tests/api/database.rs` compares the two column by column.
//!
//! Columns that only SQL text touches (`products.search_document`, `jobs.open_ordering_key`) are left out.

diesel::table! {
    account_events (id) {
        id -> Uuid,
        user_id -> Uuid,
        actor_id -> Nullable<Uuid>,
        #[sql_name = "type"]
        kind -> Text,
        from_roles -> Nullable<Array<Text>>,
        to_roles -> Nullable<Array<Text>>,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    addresses (id) {
        id -> Uuid,
        user_id -> Uuid,
        label -> Text,
        address -> Jsonb,
        default_shipping -> Bool,
        default_billing -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    cart_discounts (cart_id, scope) {
        cart_id -> Uuid,
        scope -> Text,
        discount_id -> Uuid,
    }
}

diesel::table! {
    cart_lines (id) {
        id -> Uuid,
        cart_id -> Uuid,
        variant_id -> Uuid,
        quantity -> Int4,
        price_seen -> Int8,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    carts (id) {
        id -> Uuid,
        user_id -> Nullable<Uuid>,
        token_hash -> Nullable<Bytea>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        shipping_method_id -> Nullable<Uuid>,
        country -> Nullable<Text>,
        region -> Text,
    }
}

diesel::table! {
    categories (id) {
        id -> Uuid,
        parent_id -> Nullable<Uuid>,
        slug -> Text,
        name -> Text,
        description -> Text,
        position -> Int4,
        path -> Array<Uuid>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    discount_uses (discount_id, customer) {
        discount_id -> Uuid,
        customer -> Text,
        used -> Int4,
        usage_limit -> Nullable<Int4>,
    }
}

diesel::table! {
    gateway_events (provider, id) {
        provider -> Text,
        id -> Text,
        kind -> Text,
        payload -> Bytea,
        received_at -> Timestamptz,
        handled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    discounts (id) {
        id -> Uuid,
        code -> Text,
        kind -> Text,
        value -> Int8,
        currency -> Bpchar,
        minimum_subtotal -> Int8,
        starts_at -> Nullable<Timestamptz>,
        ends_at -> Nullable<Timestamptz>,
        usage_limit -> Nullable<Int4>,
        usage_limit_per_customer -> Nullable<Int4>,
        used -> Int4,
        active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    idempotency_keys (digest) {
        digest -> Bytea,
        fingerprint -> Bytea,
        user_id -> Nullable<Uuid>,
        answer -> Nullable<Bytea>,
        leased_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    inventory (variant_id) {
        variant_id -> Uuid,
        on_hand -> Int4,
        reserved -> Int4,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Uuid,
        kind -> Text,
        payload -> Jsonb,
        position -> Int8,
        ordering_key -> Nullable<Text>,
        unique_key -> Nullable<Text>,
        run_at -> Timestamptz,
        attempts -> Int4,
        max_attempts -> Int4,
        leased_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        died_at -> Nullable<Timestamptz>,
        subject -> Nullable<Text>,
    }
}

diesel::table! {
    mailed_tokens (token_hash) {
        token_hash -> Bytea,
        user_id -> Nullable<Uuid>,
        purpose -> Text,
        email -> Nullable<Text>,
        password_digest -> Bytea,
        job_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
        address_digest -> Bytea,
    }
}

diesel::table! {
    order_discounts (order_id, discount_id) {
        order_id -> Uuid,
        discount_id -> Uuid,
        code -> Text,
        amount -> Int8,
        customer -> Text,
        given_back_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    order_events (id) {
        id -> Uuid,
        order_id -> Uuid,
        sequence -> Int4,
        #[sql_name = "type"]
        kind -> Text,
        from_status -> Nullable<Text>,
        to_status -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        note -> Nullable<Text>,
        occurred_at -> Timestamptz,
        written -> Int8,
        feed_position -> Nullable<Int8>,
        data -> Nullable<Jsonb>,
    }
}

diesel::table! {
    order_lines (id) {
        id -> Uuid,
        order_id -> Uuid,
        position -> Int4,
        product_id -> Nullable<Uuid>,
        variant_id -> Nullable<Uuid>,
        product_name -> Text,
        variant_name -> Text,
        sku -> Nullable<Text>,
        unit_price -> Int8,
        quantity -> Int4,
        total -> Int8,
        refunded -> Int4,
        discount -> Int8,
        tax -> Int8,
        cancelled -> Int4,
        uncharged -> Int4,
        shipped -> Int4,
        returned -> Int4,
    }
}

diesel::table! {
    orders (id) {
        id -> Uuid,
        number -> Int8,
        user_id -> Nullable<Uuid>,
        token_hash -> Nullable<Bytea>,
        email -> Text,
        status -> Text,
        currency -> Bpchar,
        subtotal -> Int8,
        total -> Int8,
        shipping_address -> Jsonb,
        billing_address -> Nullable<Jsonb>,
        last_sequence -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        paid -> Int8,
        refunded -> Int8,
        cancelled -> Int8,
        expires_at -> Nullable<Timestamptz>,
        cancel_reason -> Nullable<Text>,
        discount -> Int8,
        shipping -> Int8,
        tax -> Int8,
        prices_include_tax -> Bool,
        shipping_method_id -> Nullable<Uuid>,
        shipping_method_name -> Nullable<Text>,
    }
}

diesel::table! {
    outbox (id) {
        id -> Uuid,
        position -> Int8,
        aggregate_type -> Text,
        aggregate_id -> Uuid,
        #[sql_name = "type"]
        kind -> Text,
        payload -> Jsonb,
        occurred_at -> Timestamptz,
        leased_until -> Nullable<Timestamptz>,
        published_at -> Nullable<Timestamptz>,
        fanned_out_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    payment_transactions (id) {
        id -> Uuid,
        payment_id -> Uuid,
        refund_id -> Nullable<Uuid>,
        kind -> Text,
        outcome -> Text,
        amount -> Nullable<Int8>,
        message -> Nullable<Text>,
        occurred_at -> Timestamptz,
    }
}

diesel::table! {
    payments (id) {
        id -> Uuid,
        order_id -> Uuid,
        provider -> Text,
        status -> Text,
        currency -> Bpchar,
        amount -> Int8,
        captured -> Int8,
        refunded -> Int8,
        capture -> Text,
        provider_ref -> Nullable<Text>,
        failure_code -> Nullable<Text>,
        failure_message -> Nullable<Text>,
        capture_requested -> Nullable<Int8>,
        cancel_requested_at -> Nullable<Timestamptz>,
        key_round -> Int4,
        check_at -> Nullable<Timestamptz>,
        checks -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        released_ref -> Nullable<Text>,
    }
}

diesel::table! {
    product_images (id) {
        id -> Uuid,
        product_id -> Uuid,
        variant_id -> Nullable<Uuid>,
        url -> Text,
        alt_text -> Text,
        position -> Int4,
    }
}

diesel::table! {
    product_options (id) {
        id -> Uuid,
        product_id -> Uuid,
        position -> Int4,
        name -> Text,
        values -> Array<Text>,
    }
}

diesel::table! {
    product_variants (id) {
        id -> Uuid,
        product_id -> Uuid,
        sku -> Nullable<Text>,
        option_values -> Array<Text>,
        position -> Int4,
        price -> Int8,
        compare_at_price -> Nullable<Int8>,
        currency -> Bpchar,
        weight_grams -> Nullable<Int4>,
        barcode -> Nullable<Text>,
        archived_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    products (id) {
        id -> Uuid,
        category_id -> Nullable<Uuid>,
        slug -> Text,
        name -> Text,
        description_html -> Text,
        description -> Text,
        vendor -> Text,
        tags -> Array<Text>,
        attributes -> Jsonb,
        status -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        default_variant_id -> Nullable<Uuid>,
        price_min -> Int8,
        price_max -> Int8,
        rating_count -> Int4,
        rating_sum -> Int8,
        rating_millis -> Int4,
        skus -> Text,
        choices -> Text,
        search_name -> Text,
        tax_class -> Text,
    }
}

diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        created_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    refund_lines (refund_id, order_line_id) {
        refund_id -> Uuid,
        order_line_id -> Uuid,
        quantity -> Int4,
    }
}

diesel::table! {
    refunds (id) {
        id -> Uuid,
        order_id -> Uuid,
        payment_id -> Uuid,
        currency -> Bpchar,
        amount -> Int8,
        reason -> Text,
        note -> Nullable<Text>,
        status -> Text,
        provider_ref -> Nullable<Text>,
        failure -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        key_round -> Int4,
        check_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        failed_refs -> Array<Text>,
        silent_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    return_lines (return_id, order_line_id, restocked) {
        return_id -> Uuid,
        order_line_id -> Uuid,
        restocked -> Bool,
        quantity -> Int4,
    }
}

diesel::table! {
    returns (id) {
        id -> Uuid,
        order_id -> Uuid,
        note -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    reviews (id) {
        id -> Uuid,
        product_id -> Uuid,
        author_id -> Uuid,
        rating -> Int2,
        title -> Text,
        body -> Text,
        status -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    role_permissions (role, permission) {
        role -> Text,
        permission -> Text,
    }
}

diesel::table! {
    roles (name) {
        name -> Text,
    }
}

diesel::table! {
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        generation -> Int4,
        recalled_at -> Nullable<Timestamptz>,
        last_used_at -> Timestamptz,
    }
}

diesel::table! {
    shipment_lines (shipment_id, order_line_id) {
        shipment_id -> Uuid,
        order_line_id -> Uuid,
        quantity -> Int4,
    }
}

diesel::table! {
    shipments (id) {
        id -> Uuid,
        order_id -> Uuid,
        carrier -> Nullable<Text>,
        tracking_code -> Nullable<Text>,
        tracking_url -> Nullable<Text>,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        created_at -> Timestamptz,
        delivered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    shipping_methods (id) {
        id -> Uuid,
        code -> Text,
        name -> Text,
        countries -> Array<Text>,
        kind -> Text,
        up_to_grams -> Array<Int4>,
        prices -> Array<Int8>,
        free_from -> Nullable<Int8>,
        currency -> Bpchar,
        tax_class -> Text,
        position -> Int4,
        active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    stock_changes (id) {
        id -> Uuid,
        variant_id -> Uuid,
        actor_id -> Nullable<Uuid>,
        delta -> Int4,
        on_hand -> Int4,
        reason -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tax_rates (id) {
        id -> Uuid,
        country -> Text,
        region -> Text,
        tax_class -> Text,
        name -> Text,
        rate_ppm -> Int4,
        place -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    users (id) {
        id -> Uuid,
        email -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        roles -> Array<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        erased_at -> Nullable<Timestamptz>,
        search_text -> Text,
        email_verified_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Uuid,
        endpoint_id -> Uuid,
        event_id -> Uuid,
        event_type -> Text,
        aggregate_id -> Uuid,
        body -> Text,
        replay -> Bool,
        attempts -> Jsonb,
        delivered_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_endpoints (id) {
        id -> Uuid,
        url -> Text,
        description -> Text,
        event_types -> Array<Text>,
        secret -> Bytea,
        previous_secret -> Nullable<Bytea>,
        previous_secret_until -> Nullable<Timestamptz>,
        enabled -> Bool,
        disabled_at -> Nullable<Timestamptz>,
        disabled_reason -> Nullable<Text>,
        failing_since -> Nullable<Timestamptz>,
        failures -> Int4,
        paused_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(addresses -> users (user_id));
diesel::joinable!(mailed_tokens -> users (user_id));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(products -> categories (category_id));
diesel::joinable!(product_options -> products (product_id));
diesel::joinable!(product_variants -> products (product_id));
diesel::joinable!(product_images -> products (product_id));
diesel::joinable!(product_images -> product_variants (variant_id));
diesel::joinable!(inventory -> product_variants (variant_id));
diesel::joinable!(stock_changes -> product_variants (variant_id));
diesel::joinable!(stock_changes -> users (actor_id));
diesel::joinable!(reviews -> users (author_id));
diesel::joinable!(reviews -> products (product_id));
diesel::joinable!(carts -> users (user_id));
diesel::joinable!(cart_lines -> product_variants (variant_id));
diesel::joinable!(cart_lines -> carts (cart_id));
diesel::joinable!(cart_discounts -> carts (cart_id));
diesel::joinable!(cart_discounts -> discounts (discount_id));
diesel::joinable!(discount_uses -> discounts (discount_id));
diesel::joinable!(order_discounts -> orders (order_id));
diesel::joinable!(order_discounts -> discounts (discount_id));
diesel::joinable!(orders -> users (user_id));
diesel::joinable!(order_lines -> products (product_id));
diesel::joinable!(order_lines -> product_variants (variant_id));
diesel::joinable!(order_lines -> orders (order_id));
diesel::joinable!(order_events -> users (actor_id));
diesel::joinable!(order_events -> orders (order_id));
diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));

diesel::allow_tables_to_appear_in_same_query!(
    account_events,
    addresses,
    cart_discounts,
    cart_lines,
    carts,
    categories,
    discount_uses,
    discounts,
    gateway_events,
    idempotency_keys,
    inventory,
    jobs,
    mailed_tokens,
    order_discounts,
    order_events,
    order_lines,
    orders,
    outbox,
    payment_transactions,
    payments,
    product_images,
    product_options,
    product_variants,
    products,
    refresh_tokens,
    refund_lines,
    refunds,
    return_lines,
    returns,
    reviews,
    role_permissions,
    roles,
    sessions,
    shipment_lines,
    shipments,
    shipping_methods,
    stock_changes,
    tax_rates,
    users,
    webhook_deliveries,
    webhook_endpoints,
);
