import {
  type ASTVisitor,
  GraphQLError,
  type OperationDefinitionNode,
  type ValidationContext,
} from 'graphql';

/** Refuses operations of a kind that the schema has no root type for; graphql-js 16 finds out only at their execution. */
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
