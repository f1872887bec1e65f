import type { GraphQLFormattedError } from 'graphql';
import type { HttpTransport } from './accepted-transport.ts';

/** How an HTTP response holds a stream. */
export interface StreamFormat {
  readonly transport: HttpTransport;
  readonly contentType: string;
  /** Is written before anything else, together with the headers. */
  readonly begin: string;
  /**
   * One result.
   * @param payload is JSON on one line
   * @param cursor is absent where the result is not one of a stream
   */
  next(payload: string, cursor?: string): string;
  heartbeat(cursor: string): string;
  /** @param errors say why, where it is not the client's wish */
  end(errors?: readonly GraphQLFormattedError[]): string;
}
