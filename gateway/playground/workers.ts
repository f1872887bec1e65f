const WORKERS: Readonly<Record<string, string>> = {
  json: './json.worker.js',
  graphql: './graphql.worker.js',
};

// Monaco asks this global for its workers. Ours are files beside this bundle, because the page's content security policy lets
// none come from elsewhere or from a blob.
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(new URL(WORKERS[label] ?? './editor.worker.js', import.meta.url), {
        type: 'module',
        name: label,
      }),
  },
});
