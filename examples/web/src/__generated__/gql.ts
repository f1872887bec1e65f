/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

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
    "\n  query CustomerCard($id: ID!, $paymentsAfter: String) {\n    customer(id: $id) {\n      id\n      name\n      jobTitle\n      email\n      phone\n      company {\n        id\n        name\n        domain\n      }\n      address {\n        formatted\n        timeZone\n        map(width: 640, height: 280) {\n          path\n          width\n          height\n        }\n      }\n      billingAccounts {\n        id\n      }\n      payments(first: 8, after: $paymentsAfter) {\n        edges {\n          cursor\n          node {\n            id\n            status\n            description\n            createdAt\n            amount {\n              amount\n              currency\n            }\n            failure {\n              message\n            }\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.CustomerCardDocument,
    "\n  query CustomerList($search: String, $after: String) {\n    customers(first: 20, after: $after, search: $search, sort: { field: LAST_NAME }) {\n      totalCount\n      edges {\n        cursor\n        node {\n          id\n          name\n          company {\n            id\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.CustomerListDocument,
    "\n  subscription PaymentsOfAccount($billingAccountId: ID!) {\n    paymentChanged(billingAccountId: $billingAccountId) {\n      kind\n      payment {\n        id\n        status\n        description\n        createdAt\n        amount {\n          amount\n          currency\n        }\n        failure {\n          message\n        }\n      }\n    }\n  }\n": typeof types.PaymentsOfAccountDocument,
};
const documents: Documents = {
    "\n  query CustomerCard($id: ID!, $paymentsAfter: String) {\n    customer(id: $id) {\n      id\n      name\n      jobTitle\n      email\n      phone\n      company {\n        id\n        name\n        domain\n      }\n      address {\n        formatted\n        timeZone\n        map(width: 640, height: 280) {\n          path\n          width\n          height\n        }\n      }\n      billingAccounts {\n        id\n      }\n      payments(first: 8, after: $paymentsAfter) {\n        edges {\n          cursor\n          node {\n            id\n            status\n            description\n            createdAt\n            amount {\n              amount\n              currency\n            }\n            failure {\n              message\n            }\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.CustomerCardDocument,
    "\n  query CustomerList($search: String, $after: String) {\n    customers(first: 20, after: $after, search: $search, sort: { field: LAST_NAME }) {\n      totalCount\n      edges {\n        cursor\n        node {\n          id\n          name\n          company {\n            id\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.CustomerListDocument,
    "\n  subscription PaymentsOfAccount($billingAccountId: ID!) {\n    paymentChanged(billingAccountId: $billingAccountId) {\n      kind\n      payment {\n        id\n        status\n        description\n        createdAt\n        amount {\n          amount\n          currency\n        }\n        failure {\n          message\n        }\n      }\n    }\n  }\n": types.PaymentsOfAccountDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CustomerCard($id: ID!, $paymentsAfter: String) {\n    customer(id: $id) {\n      id\n      name\n      jobTitle\n      email\n      phone\n      company {\n        id\n        name\n        domain\n      }\n      address {\n        formatted\n        timeZone\n        map(width: 640, height: 280) {\n          path\n          width\n          height\n        }\n      }\n      billingAccounts {\n        id\n      }\n      payments(first: 8, after: $paymentsAfter) {\n        edges {\n          cursor\n          node {\n            id\n            status\n            description\n            createdAt\n            amount {\n              amount\n              currency\n            }\n            failure {\n              message\n            }\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query CustomerCard($id: ID!, $paymentsAfter: String) {\n    customer(id: $id) {\n      id\n      name\n      jobTitle\n      email\n      phone\n      company {\n        id\n        name\n        domain\n      }\n      address {\n        formatted\n        timeZone\n        map(width: 640, height: 280) {\n          path\n          width\n          height\n        }\n      }\n      billingAccounts {\n        id\n      }\n      payments(first: 8, after: $paymentsAfter) {\n        edges {\n          cursor\n          node {\n            id\n            status\n            description\n            createdAt\n            amount {\n              amount\n              currency\n            }\n            failure {\n              message\n            }\n          }\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CustomerList($search: String, $after: String) {\n    customers(first: 20, after: $after, search: $search, sort: { field: LAST_NAME }) {\n      totalCount\n      edges {\n        cursor\n        node {\n          id\n          name\n          company {\n            id\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query CustomerList($search: String, $after: String) {\n    customers(first: 20, after: $after, search: $search, sort: { field: LAST_NAME }) {\n      totalCount\n      edges {\n        cursor\n        node {\n          id\n          name\n          company {\n            id\n            name\n          }\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PaymentsOfAccount($billingAccountId: ID!) {\n    paymentChanged(billingAccountId: $billingAccountId) {\n      kind\n      payment {\n        id\n        status\n        description\n        createdAt\n        amount {\n          amount\n          currency\n        }\n        failure {\n          message\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  subscription PaymentsOfAccount($billingAccountId: ID!) {\n    paymentChanged(billingAccountId: $billingAccountId) {\n      kind\n      payment {\n        id\n        status\n        description\n        createdAt\n        amount {\n          amount\n          currency\n        }\n        failure {\n          message\n        }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;