import type { RequestScope } from '../../request/request-scope.ts';
import { toOutcome, type WriteOutcome } from '../writes/user-errors.ts';
import type { IdempotentWriter, WriteSteps } from '../writes/idempotent-writes.ts';
import {
  createInputReaders,
  type CreateCompanyInput,
  type CreateCustomerInput,
  type CreateDealInput,
  type UpdateCompanyInput,
  type UpdateCustomerInput,
  type UpdateDealInput,
} from './inputs.ts';
import type { CrmCapabilities, CrmProvider, CrmWriteName } from './provider.ts';
import type { CrmWriteResult } from './refusal.ts';
import { explainRefusal } from './user-errors.ts';

/** The mutations of one client request, each executed once per key. */
export interface CrmWrites {
  createCustomer(input: CreateCustomerInput): Promise<WriteOutcome>;
  updateCustomer(input: UpdateCustomerInput): Promise<WriteOutcome>;
  createCompany(input: CreateCompanyInput): Promise<WriteOutcome>;
  updateCompany(input: UpdateCompanyInput): Promise<WriteOutcome>;
  createDeal(input: CreateDealInput): Promise<WriteOutcome>;
  updateDeal(input: UpdateDealInput): Promise<WriteOutcome>;
}

export function createWrites(
  provider: CrmProvider,
  idempotentWriter: IdempotentWriter,
  request: RequestScope,
): CrmWrites {
  const scope: RequestScope = { ...request, bypassCache: true };
  const read = createInputReaders(provider.capabilities);
  const { creation, change } = createWriteBuilders(provider.capabilities, idempotentWriter, scope);
  return {
    createCustomer: creation('createCustomer', read.newCustomer, {
      add: (...of) => provider.createCustomer(...of),
      find: (...of) => provider.findCreatedCustomer(...of),
    }),
    updateCustomer: change('updateCustomer', read.customerChanges, {
      matches: (...of) => provider.customerMatches(...of),
      change: (...of) => provider.updateCustomer(...of),
    }),
    createCompany: creation('createCompany', read.newCompany, {
      add: (...of) => provider.createCompany(...of),
      find: (...of) => provider.findCreatedCompany(...of),
    }),
    updateCompany: change('updateCompany', read.companyChanges, {
      matches: (...of) => provider.companyMatches(...of),
      change: (...of) => provider.updateCompany(...of),
    }),
    createDeal: creation('createDeal', read.newDeal, {
      add: (...of) => provider.createDeal(...of),
      find: (...of) => provider.findCreatedDeal(...of),
    }),
    updateDeal: change('updateDeal', read.dealChanges, {
      matches: (...of) => provider.dealMatches(...of),
      change: (...of) => provider.updateDeal(...of),
    }),
  };
}

function createWriteBuilders(
  { supportsIdempotencyKeys }: CrmCapabilities,
  idempotentWriter: IdempotentWriter,
  scope: RequestScope,
) {
  const write = (
    name: CrmWriteName,
    { idempotencyKey, ...input }: KeyedInput,
    steps: WriteSteps<CrmWriteResult>,
  ) => idempotentWriter.write({ name, idempotencyKey, input }, scope, explained(steps));
  return {
    creation:
      <Input extends KeyedInput, New>(
        name: CrmWriteName,
        read: (input: Input) => New,
        { add, find }: CreateSteps<New>,
      ) =>
      async (input: Input): Promise<WriteOutcome> => {
        const record = read(input);
        return write(name, input, {
          write: (key) => add(record, key, scope),
          ...(!supportsIdempotencyKeys && { find: (startedAt) => find(record, startedAt, scope) }),
        });
      },
    change:
      <Input extends KeyedInput & { readonly id: string }, Changes>(
        name: CrmWriteName,
        read: (input: Input) => Changes,
        { matches, change }: UpdateSteps<Changes>,
      ) =>
      async (input: Input): Promise<WriteOutcome> => {
        const { id } = input;
        const changes = read(input);
        return write(name, input, {
          write: () => change(id, changes, scope),
          find: async () =>
            (await matches(id, changes, scope)) ? { id, refusals: [] } : change(id, changes, scope),
        });
      },
  };
}

const explained = ({ write, find }: WriteSteps<CrmWriteResult>): WriteSteps<WriteOutcome> => ({
  write: async (...of) => toOutcome(await write(...of), explainRefusal),
  ...(find !== undefined && {
    find: async (startedAt, key) => {
      const found = await find(startedAt, key);
      return found && toOutcome(found, explainRefusal);
    },
  }),
});

interface KeyedInput {
  readonly idempotencyKey?: string | null;
}

interface CreateSteps<New> {
  readonly add: (record: New, key: string, scope: RequestScope) => Promise<CrmWriteResult>;
  readonly find: (
    record: New,
    startedAt: Date,
    scope: RequestScope,
  ) => Promise<CrmWriteResult | null>;
}

/** An update sets values, so it can be retried. But if it took effect, a retry must not overwrite later changes of others. */
interface UpdateSteps<Changes> {
  /** Whether the record already has the new values. */
  readonly matches: (id: string, changes: Changes, scope: RequestScope) => Promise<boolean>;
  readonly change: (id: string, changes: Changes, scope: RequestScope) => Promise<CrmWriteResult>;
}
