/**
 * A value of an object out of JSON. Clients and subgraphs choose the names of fields, so a field can be called like something that every
 * object inherits, such as `constructor`.
 */
export const ownValue = (object: object, name: string | number): unknown =>
  // A cast: nothing is known of the properties.
  Object.hasOwn(object, name)
    ? (object as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
