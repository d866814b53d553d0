// What a shop's front end asks, typed by graphql-codegen. Apollo Client and urql take the same documents.
import { graphql } from './gql';

export const BROWSE = graphql(`
  query Browse($first: Int!, $after: String) {
    products(first: $first, after: $after) {
      nodes {
        ...ProductCard
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const PRODUCT_CARD = graphql(`
  fragment ProductCard on Product {
    id
    slug
    name
    price {
      amount
      currency
    }
    defaultVariant {
      id
    }
  }
`);

export const ADD_TO_CART = graphql(`
  mutation AddToCart($input: CartLinesAddInput!) {
    cartLinesAdd(input: $input) {
      cart {
        id
        token
        itemCount
        lines {
          id
          quantity
          total {
            amount
          }
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const PLACE_ORDER = graphql(`
  mutation PlaceOrder($input: OrderPlaceInput!) {
    orderPlace(input: $input) {
      order {
        id
        number
        status
        total {
          amount
        }
      }
      token
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const WATCH_ORDER = graphql(`
  subscription WatchOrder($orderId: ID!, $token: String, $after: Int) {
    orderStatus(orderId: $orderId, token: $token, after: $after) {
      sequence
      to
      order {
        id
        status
      }
    }
  }
`);
