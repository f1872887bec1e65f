import {
  buildASTSchema,
  type ConstDirectiveNode,
  type InputValueDefinitionNode,
  isInputObjectType,
  Kind,
  print,
  type TypeNode,
} from 'graphql';
import { buildApiDocument } from '../../../../gateway/supergraph/api-document.ts';
import { composeExtended } from '../../start-gateway.ts';
import { type AccessTable, readAccessTable } from './access-table.ts';
import { WAYS, WAYS_OF_CHANGES } from './ways.ts';

/** Custom fields of each kind, on each type that can have them, without a rule and with rules of their own. */
export const CUSTOM_FIELDS = {
  crm: `
    enum Tier { GOLD @value(is: "gold_member") SILVER @value(is: "silver") UNKNOWN }
    extend type Customer {
      tier: Tier @property(name: "loyalty_tier", filter: true, write: true)
      interests: [String!] @property(name: "interests", filter: true, write: true)
      points: Int @property(name: "loyalty_points", filter: true, write: true)
      lastVisit: DateTime @property(name: "last_visit", filter: true, write: true) @requiresScopes(scopes: [["visits:read"]])
      accountManager: Owner @property(name: "account_manager", filter: true, write: true)
    }
    extend type Company { vatNumber: String @property(name: "vat_number", filter: true, write: true) @requiresScopes(scopes: [["finance:read"], ["personal:read", "visits:read"]]) }
    extend type Deal { signedOn: Date @property(name: "contract_signed_on", filter: true, write: true) @requiresScopes(scopes: [["finance:read"]]) }
  `,
  payments: `
    enum Source { WEB @value(is: "web") UNKNOWN }
    extend type BillingAccount { source: Source @property(name: "signup_source", write: true) }
    extend type Payment { orderId: String @property(name: "order_id") @requiresScopes(scopes: [["finance:read"]]) }
    extend type Invoice { costCentre: String @property(name: "cost_centre", write: true) }
    extend type RecurringPlan { isTrial: Boolean @property(name: "trial", write: true) @requiresScopes(scopes: [["finance:read"]]) }
  `,
};

const CUSTOM = [
  'Customer.tier',
  'Customer.interests',
  'Customer.points',
  'Customer.lastVisit',
  'Customer.accountManager',
  'Company.vatNumber',
  'Deal.signedOn',
  'BillingAccount.source',
  'Payment.orderId',
  'Invoice.costCentre',
  'RecurringPlan.isTrial',
];

const { supergraph } = composeExtended(CUSTOM_FIELDS);

const WHOLE = readAccessTable(
  buildASTSchema(buildApiDocument(supergraph.document), { assumeValidSDL: true }),
  supergraph.sdl,
);

/** Of the graph with custom fields, which alone are asked for. */
export const CUSTOM_TABLE: AccessTable = { ...WHOLE, protected: CUSTOM };

const TYPES = new Set(CUSTOM.map((place) => place.split('.')[0] ?? ''));

const ofTypes = (ways: typeof WAYS) =>
  Object.fromEntries(Object.entries(ways).filter(([type]) => TYPES.has(type)));

/** The ways to the types that have custom fields; some have no other protected fields. */
export const CUSTOM_WAYS: typeof WAYS = {
  ...ofTypes(WAYS),
  Company: [
    'company(id: $company) { * }',
    'companies(first: 2) { nodes { * } }',
    'customer(id: $customer) { company { * } }',
    'deal(id: $deal) { company { * } }',
  ],
  Deal: [
    'deal(id: $deal) { * }',
    'deals(first: 2) { edges { node { * } } }',
    'customer(id: $customer) { deals(first: 2) { nodes { * } } }',
    'company(id: $company) { deals(first: 2) { nodes { * } } }',
  ],
};

export const CUSTOM_WAYS_OF_CHANGES: typeof WAYS = {
  ...ofTypes(WAYS_OF_CHANGES),
  Company: ['updateCompany(input: { id: $company, phone: "1" }) { company { * } }'],
  Deal: ['updateDeal(input: { id: $deal, title: "x" }) { deal { * } }'],
};

/** An input field that is made of a custom field. */
export interface CustomInputField {
  /** `CustomerFilter` */
  readonly input: string;
  readonly name: string;
  readonly type: TypeNode;
  /** The custom field that it follows: `Customer` and `tier`. */
  readonly follows: readonly [type: string, field: string];
}

/** All input fields that are made of custom fields, by what the SDL says. */
export const CUSTOM_INPUTS: readonly CustomInputField[] = supergraph.document.definitions.flatMap(
  (definition) =>
    definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION
      ? (definition.fields ?? []).flatMap((field) => {
          const follows = followed(field);
          return follows === undefined
            ? []
            : [
                {
                  input: definition.name.value,
                  name: field.name.value,
                  type: field.type,
                  follows,
                },
              ];
        })
      : [],
);

function followed({
  directives = [],
}: InputValueDefinitionNode): readonly [string, string] | undefined {
  const [text] = directives.flatMap(({ name, arguments: args = [] }: ConstDirectiveNode) =>
    name.value === 'accessOf'
      ? args.flatMap(({ value }) => (value.kind === Kind.STRING ? value.value : []))
      : [],
  );
  const [type, field] = text?.split('.') ?? [];
  return type === undefined || field === undefined ? undefined : [type, field];
}

/** Where each input is an argument, what else its root field needs, and what else it needs itself. */
export const INPUT_PLACES: Readonly<
  Record<string, { readonly root: string; readonly argument: string; readonly others: string }>
> = {
  CustomerFilter: { root: 'Query.customers', argument: 'filter', others: 'city: "Nowhere"' },
  CompanyFilter: { root: 'Query.companies', argument: 'filter', others: 'city: "Nowhere"' },
  DealFilter: { root: 'Query.deals', argument: 'filter', others: 'closesFrom: "2020-01-01"' },
  CreateCustomerInput: {
    root: 'Mutation.createCustomer',
    argument: 'input',
    others: 'lastName: "New"',
  },
  UpdateCustomerInput: { root: 'Mutation.updateCustomer', argument: 'input', others: 'id: "404"' },
  CreateCompanyInput: { root: 'Mutation.createCompany', argument: 'input', others: 'name: "New"' },
  UpdateCompanyInput: { root: 'Mutation.updateCompany', argument: 'input', others: 'id: "404"' },
  CreateDealInput: { root: 'Mutation.createDeal', argument: 'input', others: 'title: "New"' },
  UpdateDealInput: { root: 'Mutation.updateDeal', argument: 'input', others: 'id: "404"' },
  CreateBillingAccountInput: {
    root: 'Mutation.createBillingAccount',
    argument: 'input',
    others: 'name: "New"',
  },
  CreateInvoiceInput: {
    root: 'Mutation.createInvoice',
    argument: 'input',
    others:
      'billingAccountId: "cus_404", dueOn: "2026-04-01", lines: [{ description: "x", unitAmount: { amount: "1", currency: "USD" } }]',
  },
  CreateRecurringPlanInput: {
    root: 'Mutation.createRecurringPlan',
    argument: 'input',
    others:
      'billingAccountId: "cus_404", items: [{ description: "x", interval: MONTH, unitAmount: { amount: "1", currency: "USD" } }]',
  },
};

/** A literal of each type that such an input field has. */
const LITERALS: Readonly<Record<string, string>> = {
  Tier: 'GOLD',
  Source: 'WEB',
  String: '"x"',
  Int: '7',
  Boolean: 'true',
  ID: '"1"',
  Date: '"2026-01-02"',
  DateTime: '"2026-01-02T03:04:05Z"',
};

/** The ways to say an input field, as operations with their variables. */
export function waysToSay({ input, name, type }: CustomInputField): readonly InputWay[] {
  const place = INPUT_PLACES[input];
  if (place === undefined)
    throw new Error(`The matrix was expected to know of the input ${input}.`);
  const [kind = '', root = ''] = place.root.split('.');
  const operation = kind === 'Query' ? 'query' : 'mutation';
  const { argument, others } = place;
  const literal = literalOf(type);
  const below =
    operation === 'query' ? '{ nodes { id } totalCount }' : '{ userErrors { message } }';
  const whole = `{ ${others}, ${name}: ${literal} }`;
  const field = (value: string, alias = '') => `${alias}${root}(${argument}: ${value}) ${below}`;
  const printed = print(type);
  return [
    { way: 'a literal', text: `${operation} { ${field(whole)} }` },
    { way: 'null', text: `${operation} { ${field(`{ ${others}, ${name}: null }`)} }` },
    {
      way: 'a variable for it',
      text: `${operation} ($value: ${printed}) { ${field(`{ ${others}, ${name}: $value }`)} }`,
      variables: { value: valueOf(type) },
    },
    {
      way: 'the default value of a variable for it',
      text: `${operation} ($value: ${printed} = ${literal}) { ${field(`{ ${others}, ${name}: $value }`)} }`,
    },
    {
      way: 'the default value of a variable for the input',
      text: `${operation} ($value: ${input} = ${whole}) { ${field('$value')} }`,
    },
    {
      way: 'a fragment and another name',
      text: `${operation} { ...F } fragment F on ${kind} { ... { ${field(whole, 'other: ')} } }`,
      alias: 'other',
    },
    {
      way: 'a condition',
      text: `${operation} ($yes: Boolean = true) { ${field(whole)} @include(if: $yes) }`.replace(
        `${below} @include(if: $yes)`,
        `@include(if: $yes) ${below}`,
      ),
    },
  ];
}

export interface InputWay {
  readonly way: string;
  readonly text: string;
  readonly variables?: object;
  /** The response name of the root field. @default its own */
  readonly alias?: string;
}

const namedIn = (type: TypeNode): string =>
  type.kind === Kind.NAMED_TYPE ? type.name.value : namedIn(type.type);

const isList = (type: TypeNode): boolean =>
  type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type));

const literalOf = (type: TypeNode) => {
  const literal = LITERALS[namedIn(type)] ?? '"x"';
  return isList(type) ? `[${literal}]` : literal;
};

const valueOf = (type: TypeNode): unknown => {
  const literal = LITERALS[namedIn(type)] ?? '"x"';
  const value: unknown = /^[A-Z]/.test(literal) ? literal : JSON.parse(literal);
  return isList(type) ? [value] : value;
};

/** Whether the matrix has a place for each input type of the graph that has custom fields. */
export const inputsWithoutPlace = () =>
  Object.values(CUSTOM_TABLE.schema.getTypeMap()).filter(
    (type) =>
      isInputObjectType(type) &&
      CUSTOM_INPUTS.some(({ input }) => input === type.name) &&
      INPUT_PLACES[type.name] === undefined,
  );
