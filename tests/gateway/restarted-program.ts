import { type Program, startProgram } from '../built-program.ts';
import { freePort } from '../state/redis-server.ts';

/** A built program that ends and starts again, always on the same port. */
export class RestartedProgram {
  readonly #start: () => Program;
  #program: Program;
  #url: Promise<string>;

  private constructor(start: () => Program) {
    this.#start = start;
    this.#program = this.#start();
    this.#url = this.#program.url;
  }

  /** Starts it, and waits until it listens. */
  static async start(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<RestartedProgram> {
    const port = String(await freePort());
    const program = new RestartedProgram(() =>
      startProgram(file, args, { ...environment, PORT: port }),
    );
    await program.url;
    return program;
  }

  /** Resolves once it listens: after its end, once it listens again. */
  get url(): Promise<string> {
    return this.#url;
  }

  /** Ends it as a crash does, and starts it again. */
  async kill(): Promise<void> {
    await this.#replace(() => {
      this.#program.child.kill('SIGKILL');
      return this.#program.ended;
    });
  }

  /** Ends it by SIGTERM, and starts it again. @returns the exit code */
  restart(): Promise<number | null> {
    return this.#replace(this.#program.end);
  }

  /** Ends it by SIGTERM. @returns the exit code */
  end(): Promise<number | null> {
    return this.#program.end();
  }

  /** Starts it again after `end`. */
  async startAgain(): Promise<void> {
    await this.#replace(() => this.#program.ended);
  }

  /** From the first step on, `url` is that of the next program. */
  async #replace(end: () => Promise<number | null>): Promise<number | null> {
    const ended = end();
    this.#url = ended.then(() => {
      this.#program = this.#start();
      return this.#program.url;
    });
    await this.#url;
    return ended;
  }
}
