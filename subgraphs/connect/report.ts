import type { ConstDirectiveNode } from 'graphql';
import { lineOf } from './connect-links.ts';
import type { Connector } from './connector-file.ts';
import { lineOfMapping } from './mapping-lines.ts';
import type { ProblemCode, Problems, WarningCode } from './problems.ts';

/** A position in a mapping. */
export interface TextPlace {
  readonly text: string;
  /** Characters before the place. */
  readonly position: number;
}

/** Reports problems of a connector. */
export interface Report {
  /**
   * @param place the argument of the connector's or its source's directive: `http.GET`
   * @param sentence continues the message after the name of the connector
   * @param at the position in the mapping. @default the line of the argument
   */
  readonly refuse: (code: ProblemCode, place: string, sentence: string, at?: TextPlace) => void;
  readonly warn: (code: WarningCode, place: string, sentence: string, at?: TextPlace) => void;
}

/** The directives of a file, by the names of its connectors and sources. */
export interface Directives {
  readonly connectors: ReadonlyMap<string, ConstDirectiveNode>;
  readonly sources: ReadonlyMap<string, ConstDirectiveNode>;
}

export function createReport(
  connector: Connector,
  directives: Directives,
  problems: Problems,
): Report {
  const written = [
    directives.connectors.get(connector.name),
    directives.sources.get(connector.source.name),
  ].filter((directive) => directive !== undefined);
  const line = (place: string, at: TextPlace | undefined): number => {
    const path = place.split('.');
    const lines = written.map(
      (directive) => at && lineOfMapping(directive, path, at.text, at.position),
    );
    const [own] = written;
    return lines.find((one) => one !== undefined) ?? (own === undefined ? 1 : lineOf(own, path));
  };
  const name =
    connector.field === undefined ? `The connector of ${connector.type}` : connector.name;
  return {
    refuse: (code, place, sentence, at) => {
      problems.add(code, line(place, at), `${name} ${sentence} (${place})`);
    },
    warn: (code, place, sentence, at) => {
      problems.warn(code, line(place, at), `${name} ${sentence} (${place})`);
    },
  };
}
