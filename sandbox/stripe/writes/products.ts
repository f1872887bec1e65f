import { toProduct } from '../shapes/catalog.ts';
import { shortId } from '../stripe-ids.ts';
import type { WireObject } from '../stripe-json.ts';
import { findInPath, save, mergedMetadata, type Write } from '../stripe-write-context.ts';
import { productWithPrices } from '../stripe-write-errors.ts';

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
  return save(params, context, product);
};

/** `POST /v1/products/{id}` */
export const updateProduct: Write = (params, context) => {
  params.refuseUnknown(['active', 'description', 'expand', 'metadata', 'name']);
  const product = findInPath('product', 'id', context);
  const active = params.boolean('active');
  const after: WireObject = {
    ...product,
    ...(active !== null && { active }),
    ...(params.has('name') && { name: params.requiredText('name') }),
    ...(params.has('description') && { description: params.text('description') }),
    metadata: mergedMetadata(product, params),
    updated: context.now,
  };
  return save(params, context, after);
};

/** `DELETE /v1/products/{id}`: of a product that has no price. */
export const deleteProduct: Write = (params, context) => {
  params.refuseUnknown([]);
  const product = findInPath('product', 'id', context);
  if (context.store.all('price').some((price) => price['product'] === product.id))
    throw productWithPrices();
  context.store.remove(product);
  return { id: product.id, object: 'product', deleted: true };
};
