import { defineConfig, loadEnv } from 'vite';

export default defineConfig(({ mode }) => {
  const { GATEWAY_URL: target = 'http://localhost:4000' } = loadEnv(
    mode,
    import.meta.dirname,
    'GATEWAY_',
  );
  // The page sends requests to its own origin and this server proxies them, because the gateway allows no other origin
  // (CORS).
  const proxy = { '/graphql': { target, ws: true }, '/map': { target } };
  return { server: { proxy }, preview: { proxy } };
});
