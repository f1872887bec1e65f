import {
  type ASTVisitor,
  GraphQLError,
  type OperationDefinitionNode,
  type ValidationContext,
} from 'graphql';

/** Refuses operations without a root type in the schema. graphql-js 16 checks that only at execution. */
export function KnownOperationTypesRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(
        new GraphQLError(`This graph has no ${node.operation} operations.`, { nodes: node }),
      );
    },
  };
}
