import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const { GATEWAY_URL: target = 'http://localhost:4000' } = loadEnv(
    mode,
    import.meta.dirname,
    'GATEWAY_',
  );
  // The page asks its own origin and this server passes it on, because the gateway lets no other origin in.
  const proxy = { '/graphql': { target, ws: true }, '/map': { target } };
  return { server: { proxy }, preview: { proxy } };
});
