import ts from 'typescript';

/** A rendered manifest. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  // The tests say what they expect to be in it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
}

/**
 * Checks manifests against the types of Kubernetes' API. As literals: of these, TypeScript refuses fields that do not exist. A schema does
 * not, as Kubernetes ignores such fields.
 * @returns what is wrong: `Deployment: Type 'string' is not assignable to type 'number'.`
 */
export function checkManifests(manifests: readonly Manifest[]): readonly string[] {
  const ofKubernetes = manifests.filter(({ apiVersion }) => !apiVersion.startsWith(OPERATOR));
  const sources = new Map(
    ofKubernetes.map((manifest, index) => [
      `${process.cwd()}/tests/deploy/${manifest.kind}-${String(index)}.ts`,
      `import type { I${manifest.kind} } from 'kubernetes-models/${manifest.apiVersion}/${manifest.kind}';\n` +
        `export const manifest: I${manifest.kind} = ${JSON.stringify(manifest)};`,
    ]),
  );
  const options: ts.CompilerOptions = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (file) => sources.has(file) || disk.fileExists(file),
    getSourceFile: (file, ...rest) => {
      const source = sources.get(file);
      return source === undefined
        ? disk.getSourceFile(file, ...rest)
        : ts.createSourceFile(file, source, ts.ScriptTarget.ES2022);
    },
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, messageText }) => {
    const kind = /(\w+)-\d+\.ts$/.exec(file?.fileName ?? '')?.[1] ?? '';
    return `${kind}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}

/** The Prometheus operator's kinds. */
const OPERATOR = 'monitoring.coreos.com/';
