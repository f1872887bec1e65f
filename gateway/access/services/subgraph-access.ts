import { z } from 'zod';
import { addProblem, type Settings } from '../../../settings/settings.ts';
import { oneOf, secret } from '../../../settings/values.ts';

/** What the gateway and the services of its subgraphs know of each other. */
export interface SubgraphAccess {
  /** Undefined where nothing is signed. */
  readonly secret: string | undefined;
  /** Whether a service answers unsigned requests. */
  readonly isOpen: boolean;
}

/** @param mustSign whether it takes a word of the operator to go unsigned. */
export const subgraphAccessSettings = ({
  mustSign,
}: {
  readonly mustSign: boolean;
}): Settings<SubgraphAccess> =>
  z
    .object({
      SUBGRAPH_SECRET: secret().min(32, 'must have at least 32 characters.').optional(),
      SUBGRAPH_ACCESS: oneOf(['signed', 'open']).optional(),
    })
    .transform((read, context) => {
      const {
        SUBGRAPH_SECRET,
        SUBGRAPH_ACCESS = mustSign || SUBGRAPH_SECRET !== undefined ? 'signed' : 'open',
      } = read;
      if (SUBGRAPH_ACCESS === 'signed' && SUBGRAPH_SECRET === undefined) {
        addProblem(
          context,
          'SUBGRAPH_SECRET must be set, to the same value for the gateway and its subgraph services. If only the gateway can reach the services, SUBGRAPH_ACCESS=open makes it optional.',
        );
      }
      return { secret: SUBGRAPH_SECRET, isOpen: SUBGRAPH_ACCESS === 'open' };
    });
