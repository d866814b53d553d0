import { graphql } from 'relay-runtime';

export const orderFillCartMutation = graphql`
  mutation OrderFillCartMutation($input: CartLinesAddInput!) {
    cartLinesAdd(input: $input) {
      cart {
        token
        itemCount
      }
      userErrors {
        message
      }
    }
  }
`;

export const orderPlaceMutation = graphql`
  mutation OrderPlaceMutation($input: OrderPlaceInput!) {
    orderPlace(input: $input) {
      order {
        id
        ...Order_order
      }
      token
      userErrors {
        code
        field
        message
      }
    }
  }
`;

/** Each event brings the order as it is now, so whoever shows it shows its new status. */
export const orderStatusSubscription = graphql`
  subscription OrderStatusSubscription($orderId: ID!, $token: String) {
    orderStatus(orderId: $orderId, token: $token) {
      sequence
      to
      order {
        ...Order_order
      }
    }
  }
`;

export const order = graphql`
  fragment Order_order on Order {
    number
    status
  }
`;
