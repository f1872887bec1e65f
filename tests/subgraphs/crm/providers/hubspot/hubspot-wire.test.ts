import { describe, expect, it } from '@jest/globals';
import type { BatchResponsePublicAssociationMultiWithLabelWithErrors } from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/BatchResponsePublicAssociationMultiWithLabelWithErrors.js';
import associations from '@hubspot/api-client/lib/codegen/crm/associations/v4/models/ObjectSerializer.js';
import type { BatchResponseSimplePublicObjectWithErrors } from '@hubspot/api-client/lib/codegen/crm/contacts/models/BatchResponseSimplePublicObjectWithErrors.js';
import contacts from '@hubspot/api-client/lib/codegen/crm/contacts/models/ObjectSerializer.js';
import type { CollectionResponsePublicOwnerForwardPaging } from '@hubspot/api-client/lib/codegen/crm/owners/models/CollectionResponsePublicOwnerForwardPaging.js';
import type { CollectionResponsePipelineNoPaging } from '@hubspot/api-client/lib/codegen/crm/pipelines/models/CollectionResponsePipelineNoPaging.js';
import type { Property } from '@hubspot/api-client/lib/codegen/crm/properties/models/Property.js';
import type { z } from 'zod';
import {
  wireLinkBatch,
  type wireOwnerPage,
  type wirePipelines,
  type wireProperty,
  wireRecordBatch,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-wire.ts';

/** A model of the official client as it travels: dates as text, `_from` under its own name. */
type OnTheWire<Model> = Model extends Date
  ? string
  : Model extends readonly (infer Item)[]
    ? OnTheWire<Item>[]
    : Model extends object
      ? { [Name in keyof Model as Name extends '_from' ? 'from' : Name]: OnTheWire<Model[Name]> }
      : Model;

type Reads<Schema extends z.ZodType, Model> =
  OnTheWire<Model> extends z.input<Schema> ? true : never;

const error = (context: Readonly<Record<string, string[]>>) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: 'not there',
  context,
  links: {},
  errors: [],
});
const envelope = {
  status: 'COMPLETE',
  startedAt: new Date(0),
  completedAt: new Date(1),
  numErrors: 1,
};

describe('wire schemas without recordings, compared with @hubspot/api-client', () => {
  it('accept all values of its models of batch reads, associations, owners, pipelines and properties', () => {
    // The compiler checks it: `true` fits only where the model does.
    const records: Reads<typeof wireRecordBatch, BatchResponseSimplePublicObjectWithErrors> = true;
    const links: Reads<
      typeof wireLinkBatch,
      BatchResponsePublicAssociationMultiWithLabelWithErrors
    > = true;
    const owners: Reads<typeof wireOwnerPage, CollectionResponsePublicOwnerForwardPaging> = true;
    const pipelines: Reads<typeof wirePipelines, CollectionResponsePipelineNoPaging> = true;
    const property: Reads<typeof wireProperty, Property> = true;
    expect([records, links, owners, pipelines, property]).not.toContain(false);
  });

  it('read a 207 of a batch read as its serializer writes it', () => {
    const record = {
      id: '1',
      properties: { email: null, city: 'Ulm' },
      createdAt: new Date(0),
      updatedAt: new Date(1),
      archived: false,
    };
    const model = { ...envelope, results: [record], errors: [error({ ids: ['2'] })] };
    const wire: unknown = contacts.ObjectSerializer.serialize(
      model,
      'BatchResponseSimplePublicObjectWithErrors',
      '',
    );
    expect(wireRecordBatch.parse(JSON.parse(JSON.stringify(wire)))).toEqual({
      results: [
        {
          id: '1',
          properties: { email: null, city: 'Ulm' },
          createdAt: '1970-01-01T00:00:00.000Z',
          updatedAt: '1970-01-01T00:00:00.001Z',
        },
      ],
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['2'] } }],
    });
  });

  it('read a 207 of associations as its serializer writes it, and ids that are numbers', () => {
    const to = [
      {
        toObjectId: '11',
        associationTypes: [{ typeId: 5, label: 'Primary', category: 'HUBSPOT_DEFINED' }],
      },
    ];
    const model = {
      ...envelope,
      results: [
        { _from: { id: '1' }, to, paging: { next: { after: '500', link: 'https://unused' } } },
      ],
      errors: [error({ fromObjectId: ['2'] })],
    };
    const wire: unknown = associations.ObjectSerializer.serialize(
      model,
      'BatchResponsePublicAssociationMultiWithLabelWithErrors',
      '',
    );
    const text = JSON.stringify(wire);
    for (const sent of [text, text.replace('"toObjectId":"11"', '"toObjectId":11')]) {
      expect(wireLinkBatch.parse(JSON.parse(sent))).toEqual({
        results: [
          {
            from: { id: '1' },
            to: [
              {
                toObjectId: '11',
                associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 5 }],
              },
            ],
            paging: { next: { after: '500' } },
          },
        ],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { fromObjectId: ['2'] } }],
      });
    }
  });
});
