import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/**
 * Gives each root field of a mutation a new context without the records read before. graphql-js shares one context object between all
 * root fields.
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

  /** Creates a context, which is replaced before each root field of a mutation. */
  createContext(create: () => object): object {
    const context = create();
    this.#create.set(context, create);
    return context;
  }
}
