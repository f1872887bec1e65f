const WORKERS: Readonly<Record<string, string>> = {
  json: './json.worker.js',
  graphql: './graphql.worker.js',
};

// Monaco creates its workers through this global. They are files beside this bundle, because the page's content security policy forbids other
// origins and blobs.
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(new URL(WORKERS[label] ?? './editor.worker.js', import.meta.url), {
        type: 'module',
        name: label,
      }),
  },
});
