import { toProduct } from '../shapes/catalog.ts';
import { shortId } from '../stripe-ids.ts';
import { keep, type Write } from '../stripe-write-context.ts';

/** `POST /v1/products` */
export const createProduct: Write = (params, context) => {
  params.refuseUnknown(['active', 'description', 'expand', 'metadata', 'name']);
  const product = toProduct({
    id: shortId('prod', context.key),
    created: context.now,
    name: params.requiredText('name'),
    description: params.text('description'),
    defaultPrice: null,
    metadata: params.metadata(),
    active: params.boolean('active') ?? true,
  });
  return keep(params, context, product);
};
