import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { formsOf, LIMITS } from './matrix/all-forms.ts';
import { type Comparison, createComparison } from './matrix/comparison.ts';
import {
  CUSTOM_FIELDS,
  CUSTOM_INPUTS,
  CUSTOM_TABLE,
  CUSTOM_WAYS,
  CUSTOM_WAYS_OF_CHANGES,
  INPUT_PLACES,
  inputsWithoutPlace,
  waysToSay,
} from './matrix/custom-fields.ts';
import { fieldsOf, valuedFieldsOf } from './matrix/operations.ts';
import { readSample } from './matrix/sample.ts';
import { createScopeCallers, type ScopeCaller } from './matrix/scope-callers.ts';
import { typesOfValues } from './matrix/types-of-values.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

const { allAtOnce, queries, changes } = formsOf(CUSTOM_TABLE, CUSTOM_WAYS, CUSTOM_WAYS_OF_CHANGES);

let keys: KeyFile;
let issuer: TokenIssuer;
let callers: readonly ScopeCaller[];
let everything: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  issuer = await startTokenIssuer();
  callers = await createScopeCallers(CUSTOM_TABLE.scopes, keys, issuer);
  everything = bearer(await keys.add());
});
afterAll(async () => {
  await keys.remove();
  await issuer.close();
});

/** Those with one scope, with all, and with the only two that are enough for a field together. */
const fewCallers = () =>
  callers.filter(
    ({ scopes }) => scopes.size !== 2 || (scopes.has('personal:read') && scopes.has('visits:read')),
  );

describe('the paths to custom fields', () => {
  it('lead to every custom field', () => {
    const reached = new Set(
      [...queries.map(([, form]) => form), changes].flatMap(({ operation }) => [
        ...fieldsOf(operation, CUSTOM_TABLE),
      ]),
    );
    expect(CUSTOM_TABLE.protected.filter((place) => !reached.has(place))).toEqual([]);
  });

  it('include every input that has them', () => {
    expect(inputsWithoutPlace()).toEqual([]);
    expect(CUSTOM_INPUTS.length).toBeGreaterThan(25);
  });
});

describe.each(['embedded', 'distributed'] as const)(
  'with the %s gateway, custom fields',
  (mode) => {
    let gateway: TestGateway;
    let ask: Comparison['ask'];
    let compare: Comparison['compare'];
    beforeAll(async () => {
      const environment = {
        ...issuer.environment,
        ...LIMITS,
        API_KEYS_FILE: keys.path,
        ANONYMOUS_SCOPES: 'none',
      };
      gateway = await startTestGateway({ mode, extend: CUSTOM_FIELDS, environment });
      const sample = await readSample(gateway, everything);
      ({ ask, compare } = createComparison({
        gateway,
        mode,
        sample,
        everything,
        table: CUSTOM_TABLE,
      }));
    }, 120_000);
    afterAll(() => gateway.close());

    it.each(queries)(
      'are visible to exactly the callers with the scopes, selected %s',
      async (_name, form) => {
        const { data, errors } = await ask(form.text, everything);
        expect(errors).toBeUndefined();
        for (const caller of form.everyCaller ? callers : fewCallers())
          await compare(form, data, caller);
      },
    );

    it('are visible to exactly the callers with the scopes in the payloads of mutations', async () => {
      const { data, errors } = await ask(changes.text, everything);
      expect(errors).toBeUndefined();
      for (const caller of callers) await compare(changes, data, caller, typesOfValues);
    });

    it('of the CRM have values in this test, so that a refusal hides something', async () => {
      const { data } = await ask(allAtOnce.text, everything);
      const seen = valuedFieldsOf(allAtOnce.operation, data, CUSTOM_TABLE);
      const ofCrm = CUSTOM_TABLE.protected.filter((place) =>
        /^(?:Customer|Company|Deal)\./.test(place),
      );
      expect(ofCrm.filter((place) => !seen.has(place))).toEqual([]);
    });

    it.each(CUSTOM_INPUTS.map((field) => [`${field.input}.${field.name}`, field] as const))(
      'are refused in inputs exactly for callers without the scopes, and nothing is sent to a vendor: %s',
      async (_name, field) => {
        const [rootType = '', rootField = ''] = INPUT_PLACES[field.input]?.root.split('.') ?? [];
        for (const { way, text, variables = {}, alias = rootField } of waysToSay(field))
          for (const { name, scopes, headers, code } of fewCallers()) {
            const since = performance.now();
            const { data, errors } = await gateway.query(text, variables, headers);
            const isAllowed =
              CUSTOM_TABLE.allows(rootType, rootField, scopes) &&
              CUSTOM_TABLE.allows(...field.follows, scopes);
            const refusals = codesAndPaths(errors).filter((line) =>
              /FORBIDDEN|UNAUTHENTICATED/.test(line),
            );
            expect([way, name, refusals]).toEqual([
              way,
              name,
              isAllowed ? [] : [`${code} ${alias}`],
            ]);
            if (isAllowed) continue;
            expect([way, name, data]).toEqual([way, name, { [alias]: null }]);
            expect([way, name, requestsSince(since, gateway.sandbox)]).toEqual([way, name, []]);
          }
      },
    );
  },
);
