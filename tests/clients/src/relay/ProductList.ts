import { graphql } from 'relay-runtime';

/** A page of products. */
export const productListQuery = graphql`
  query ProductListQuery($count: Int!) {
    ...ProductList_query @arguments(count: $count)
  }
`;

/** The list, which grows page by page. */
export const productList = graphql`
  fragment ProductList_query on Query
  @refetchable(queryName: "ProductListPaginationQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    products(first: $count, after: $cursor) @connection(key: "ProductList_products") {
      edges {
        cursor
        node {
          id
          ...ProductPrice_product
        }
      }
    }
  }
`;
