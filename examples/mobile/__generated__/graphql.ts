/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Kinds of changes to a record. */
export type ChangeKind =
  /** The record was created. */
  | 'CREATED'
  /** The record was deleted. */
  | 'DELETED'
  /** The record was merged into another one. Its id now returns the other record. */
  | 'MERGED'
  /** The record or its related data changed. */
  | 'UPDATED';

/** The status of a payment. */
export type PaymentStatus =
  /** Waiting for an action of the payer, such as confirmation with their bank. */
  | 'ACTION_REQUIRED'
  /** Authorised and not yet captured. */
  | 'AUTHORIZED'
  /** Cancelled. */
  | 'CANCELED'
  /** The latest attempt failed; another may follow. */
  | 'FAILED'
  /** Waiting for a payment method or for confirmation. */
  | 'PENDING'
  /** Processing. */
  | 'PROCESSING'
  /** Paid. */
  | 'SUCCEEDED'
  /** A status that this schema does not list. */
  | 'UNKNOWN';

export type HomeScreenQueryVariables = Exact<{
  first?: number;
}>;


export type HomeScreenQuery = { customers: { nodes: Array<{ name: string | null, company: { name: string | null } | null, payments: { nodes: Array<{ status: PaymentStatus, amount: { amount: string, currency: string } } | null> } | null, address: { city: string | null, place: { location: { latitude: number, longitude: number } } | null } | null } | null> } | null };

export type PaymentUpdatesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PaymentUpdatesSubscription = { paymentChanged: { id: string, kind: ChangeKind, payment: { status: PaymentStatus, amount: { amount: string, currency: string } } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const HomeScreenDocument = new TypedDocumentString(`
    query HomeScreen($first: Int! = 5) {
  customers(first: $first) {
    nodes {
      name
      company {
        name
      }
      payments(first: 1) {
        nodes {
          status
          amount {
            amount
            currency
          }
        }
      }
      address {
        city
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
    `) as unknown as TypedDocumentString<HomeScreenQuery, HomeScreenQueryVariables>;
export const PaymentUpdatesDocument = new TypedDocumentString(`
    subscription PaymentUpdates {
  paymentChanged {
    id
    kind
    payment {
      status
      amount {
        amount
        currency
      }
    }
  }
}
    `) as unknown as TypedDocumentString<PaymentUpdatesSubscription, PaymentUpdatesSubscriptionVariables>;