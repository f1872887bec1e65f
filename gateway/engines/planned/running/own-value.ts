/**
 * Reads an own property of an object from JSON. Clients and subgraphs choose field names, so a field can have the name of an inherited
 * property, such as `constructor`.
 */
export const ownValue = (object: object, name: string | number): unknown =>
  // The cast is safe: property values are `unknown`.
  Object.hasOwn(object, name)
    ? (object as Readonly<Record<string | number, unknown>>)[name]
    : undefined;
