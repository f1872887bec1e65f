/** The list screen: what a customer list shows of four services of three vendors. */
export const LIST_QUERY = /* GraphQL */ `
  query CustomerList($first: Int! = 20) {
    customers(first: $first) {
      edges {
        node {
          name
          company {
            name
          }
          payments(first: 3) {
            nodes {
              status
              amount {
                amount
                currency
              }
            }
          }
          address {
            place {
              location {
                latitude
                longitude
              }
            }
          }
        }
      }
    }
  }
`;

/** From a payment back to its customer, the customer's company, and where they are. */
export const PAYMENT_AND_BACK_QUERY = /* GraphQL */ `
  query PaymentAndBack($id: ID!) {
    payment(id: $id) {
      amount {
        amount
        currency
      }
      customer {
        name
        company {
          name
        }
        address {
          place {
            formattedAddress
          }
        }
      }
    }
  }
`;
