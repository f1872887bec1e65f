import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/**
 * Has each root field of a mutation begin with a context that knows nothing of what was read before: graphql-js gives one
 * object to all of them.
 */
export class ContextRenewal {
  readonly #create = new WeakMap<object, () => object>();

  constructor(schema: GraphQLSchema) {
    for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (root, args, context: object, info) => {
        Object.assign(context, this.#create.get(context)?.());
        return resolve(root, args, context, info);
      };
    }
  }

  /** A context that is made anew where it has to be. */
  createContext(create: () => object): object {
    const context = create();
    this.#create.set(context, create);
    return context;
  }
}
