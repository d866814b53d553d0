import { graphql } from 'relay-runtime';

/** A price, which can be asked for again by the product's id. */
export const productPrice = graphql`
  fragment ProductPrice_product on Product @refetchable(queryName: "ProductPriceRefetchQuery") {
    name
    price {
      amount
      currency
    }
  }
`;
