import { type ASTVisitor, GraphQLError, type OperationDefinitionNode, type ValidationContext } from 'graphql';

/** Refuses operations of a kind that the schema has no root type for; graphql-js 16 finds out only at their execution. */
export function KnownOperationTypesRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`This graph has no ${node.operation} operations.`, { nodes: node }));
    },
  };
}

/** Refuses selections so deep that their execution could exhaust the stack. */
export function SelectionDepthRule(context: ValidationContext): ASTVisitor {
  let depth = 0;
  return {
    SelectionSet: {
      enter(node) {
        depth += 1;
        if (depth !== MAX_DEPTH + 1) return;
        context.reportError(new GraphQLError(`Selections must nest at most ${String(MAX_DEPTH)} levels deep.`, { nodes: node }));
      },
      leave() {
        depth -= 1;
      },
    },
  };
}

const MAX_DEPTH = 100;
