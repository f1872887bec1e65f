import type { Run } from '../run.ts';
import type { Maybe, Value } from '../values.ts';
import { equals } from './equality.ts';
import { type Apply, argument, type Method, type MethodSite, withArguments } from './method.ts';

/** Methods that choose, name or replace a value. */
export const CONTROL_METHODS: Readonly<Record<string, Method>> = {
  as: { apply: passing(withArguments(1, 2, bind)) },
  echo: { apply: withArguments(1, Infinity, echo) },
  match: { apply: withArguments(1, Infinity, match) },
};

/** A method that returns its input even if its arguments are invalid. */
function passing(apply: Apply): Apply {
  const pass: Apply = (value, site, run, root) => apply(value, site, run, root) ?? value;
  return Object.assign(pass, apply.accepts && { accepts: apply.accepts });
}

function bind(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const [name, expression] = site.written ?? [];
  if (name?.kind !== 'path' || name.start.kind !== 'variable' || name.steps.length > 0) {
    run.problem(site, 'The first argument of ->as is a variable without a path: ->as($name)');
    return value;
  }
  const bound = expression === undefined ? value : argument(1, site, run, root, value);
  const locals = new Map(run.locals);
  if (bound !== undefined) locals.set(name.start.name, bound);
  run.charge(locals.size);
  run.locals = locals;
  return value;
}

function echo(...[value, site, run, root]: Parameters<Apply>): Maybe {
  return argument(0, site, run, root, value);
}

function match(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  for (const pair of site.pairs) {
    const candidate = pair.candidate(run, root, value);
    if (candidate !== undefined && equals(candidate, value, run)) {
      return pair.value(run, root, value);
    }
  }
  return run.problem(site, '->match found no [candidate, value] pair for this value');
}
