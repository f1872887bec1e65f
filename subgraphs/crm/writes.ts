import type { RequestScope } from '../../request/request-scope.ts';
import { toOutcome, type WriteOutcome } from '../writes/user-errors.ts';
import type { IdempotentWriter, WriteSteps } from '../writes/idempotent-writes.ts';
import {
  createInputReaders,
  type CreateCustomerInput,
  type CreateDealInput,
  type UpdateCustomerInput,
  type UpdateDealInput,
} from './inputs.ts';
import type { CrmProvider } from './provider.ts';
import type { CrmWriteResult } from './refusal.ts';
import { explainRefusal } from './user-errors.ts';

/** One client request's changes, each of which happens once for its key. */
export interface CrmWrites {
  createCustomer(input: CreateCustomerInput): Promise<WriteOutcome>;
  updateCustomer(input: UpdateCustomerInput): Promise<WriteOutcome>;
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
  const write = (
    name: string,
    { idempotencyKey, ...input }: KeyedInput,
    steps: WriteSteps<CrmWriteResult>,
  ) => idempotentWriter.write({ name, idempotencyKey, input }, scope, explained(steps));
  const create = (name: string, input: KeyedInput, { add, find }: CreateSteps) =>
    write(
      name,
      input,
      provider.capabilities.supportsIdempotencyKeys ? { write: add } : { write: add, find },
    );
  const update = (name: string, input: KeyedInput, { id, holds, change }: UpdateSteps) =>
    write(name, input, {
      write: change,
      find: async () => ((await holds()) ? { id, refusals: [] } : change()),
    });
  return {
    createCustomer: async (input) => {
      const customer = read.newCustomer(input);
      return create('createCustomer', input, {
        add: (key) => provider.createCustomer(customer, key, scope),
        find: (startedAt) => provider.findCreatedCustomer(customer, startedAt, scope),
      });
    },
    updateCustomer: async (input) => {
      const { id } = input;
      const changes = read.customerChanges(input);
      return update('updateCustomer', input, {
        id,
        holds: () => provider.customerHolds(id, changes, scope),
        change: () => provider.updateCustomer(id, changes, scope),
      });
    },
    createDeal: async (input) => {
      const deal = read.newDeal(input);
      return create('createDeal', input, {
        add: (key) => provider.createDeal(deal, key, scope),
        find: (startedAt) => provider.findCreatedDeal(deal, startedAt, scope),
      });
    },
    updateDeal: async (input) => {
      const { id } = input;
      const changes = read.dealChanges(input);
      return update('updateDeal', input, {
        id,
        holds: () => provider.dealHolds(id, changes, scope),
        change: () => provider.updateDeal(id, changes, scope),
      });
    },
  };
}

const explained = ({ write, find }: WriteSteps<CrmWriteResult>): WriteSteps<WriteOutcome> => ({
  write: async (key) => toOutcome(await write(key), explainRefusal),
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

interface CreateSteps {
  readonly add: (key: string) => Promise<CrmWriteResult>;
  readonly find: (startedAt: Date) => Promise<CrmWriteResult | null>;
}

/** A change sets what it sets, so it may be made again; but not over what others have done since, where it was made. */
interface UpdateSteps {
  readonly id: string;
  /** Whether the record is already as it should be. */
  readonly holds: () => Promise<boolean>;
  readonly change: () => Promise<CrmWriteResult>;
}
