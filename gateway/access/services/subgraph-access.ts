import { z } from 'zod';
import { addProblem, type Settings } from '../../../settings/settings.ts';
import { oneOf, secret } from '../../../settings/values.ts';

/** The shared settings of a gateway and its subgraph services. */
export interface SubgraphAccess {
  /** Undefined if requests are not signed. */
  readonly secret: string | undefined;
  /** Whether a service accepts unsigned requests. */
  readonly isOpen: boolean;
}

/** @param mustSign whether unsigned requests need an explicit setting */
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
