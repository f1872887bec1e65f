/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query HomeScreen($first: Int! = 5) {\n  customers(first: $first) {\n    nodes {\n      name\n      company {\n        name\n      }\n      payments(first: 1) {\n        nodes {\n          status\n          amount {\n            amount\n            currency\n          }\n        }\n      }\n      address {\n        city\n        place {\n          location {\n            latitude\n            longitude\n          }\n        }\n      }\n    }\n  }\n}": typeof types.HomeScreenDocument,
    "subscription PaymentUpdates {\n  paymentChanged {\n    id\n    kind\n    payment {\n      status\n      amount {\n        amount\n        currency\n      }\n    }\n  }\n}": typeof types.PaymentUpdatesDocument,
};
const documents: Documents = {
    "query HomeScreen($first: Int! = 5) {\n  customers(first: $first) {\n    nodes {\n      name\n      company {\n        name\n      }\n      payments(first: 1) {\n        nodes {\n          status\n          amount {\n            amount\n            currency\n          }\n        }\n      }\n      address {\n        city\n        place {\n          location {\n            latitude\n            longitude\n          }\n        }\n      }\n    }\n  }\n}": types.HomeScreenDocument,
    "subscription PaymentUpdates {\n  paymentChanged {\n    id\n    kind\n    payment {\n      status\n      amount {\n        amount\n        currency\n      }\n    }\n  }\n}": types.PaymentUpdatesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query HomeScreen($first: Int! = 5) {\n  customers(first: $first) {\n    nodes {\n      name\n      company {\n        name\n      }\n      payments(first: 1) {\n        nodes {\n          status\n          amount {\n            amount\n            currency\n          }\n        }\n      }\n      address {\n        city\n        place {\n          location {\n            latitude\n            longitude\n          }\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').HomeScreenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription PaymentUpdates {\n  paymentChanged {\n    id\n    kind\n    payment {\n      status\n      amount {\n        amount\n        currency\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').PaymentUpdatesDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
