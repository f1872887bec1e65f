/** Bounds names from outside as values of a metric's label: the first ones unchanged, all others as `other`. */
export class BoundedNames {
  readonly #names = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  labelFor(name: string): string {
    if (this.#names.has(name)) return name;
    if (this.#names.size >= this.#max || name.length > MAX_LENGTH) return 'other';
    this.#names.add(name);
    return name;
  }
}

const MAX_LENGTH = 64;
