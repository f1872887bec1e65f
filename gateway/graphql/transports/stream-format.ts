import type { GraphQLFormattedError } from 'graphql';
import type { HttpTransport } from './accepted-transport.ts';

/** The format of a stream in an HTTP response. */
export interface StreamFormat {
  readonly transport: HttpTransport;
  readonly contentType: string;
  /** Written first, together with the headers. */
  readonly begin: string;
  /**
   * Formats one result.
   * @param payload is JSON on one line
   * @param cursor is absent if the result is not from a stream
   */
  next(payload: string, cursor?: string): string;
  heartbeat(cursor: string): string;
  /** @param errors are absent if the client ended it */
  end(errors?: readonly GraphQLFormattedError[]): string;
}
