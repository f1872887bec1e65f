// Hive Gateway 2 in place of this gateway, over the same subgraph services. docs/deploy.md, "Leaving", has the commands.
import { createHmac } from 'node:crypto';
import { createRemoteJwksSigningKeyProvider, defineConfig } from '@graphql-hive/gateway';

const URL_SETTING = /^([A-Z]\w*)_SUBGRAPH_URL$/;

/** Where the built-in subgraphs and those of connectors are services: `CRM_SUBGRAPH_URL`. Your own services are called at the supergraph's URLs. */
const SERVICES = Object.fromEntries(
  Object.entries(process.env).flatMap(([setting, url]) => {
    const [, name] = URL_SETTING.exec(setting) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), url]];
  }),
);
const { SUBGRAPH_SECRET, JWT_ISSUER, JWT_AUDIENCE, JWT_JWKS_URL } = process.env;

export const gatewayConfig = defineConfig({
  // The services check the scopes of each field. This gateway checks only whose token it is, and refuses requests without one.
  jwt: {
    signingKeyProviders: [createRemoteJwksSigningKeyProvider({ jwksUri: JWT_JWKS_URL })],
    tokenVerification: {
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE.split(','),
      algorithms: ['RS256', 'PS256', 'ES256'],
    },
  },
  transportEntries: Object.fromEntries(
    Object.entries(SERVICES).map(([name, location]) => [name, { location }]),
  ),
  propagateHeaders: {
    fromClientToSubgraphs: ({ context, subgraphName }) =>
      // Any other service could use the signature at these.
      Object.hasOwn(SERVICES, subgraphName) && context.jwt !== undefined
        ? { 'x-tributary-caller': signCaller(context.jwt.payload) }
        : {},
  },
});

/** The caller as a token of a minute, which `SUBGRAPH_SECRET` signs (docs/access.md, "Subgraph services"). */
function signCaller({ iss, sub, scope = '' }) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'tributary-gateway',
    aud: 'tributary-subgraph',
    iat: now,
    exp: now + 60,
    sub: `jwt:${iss}|${sub}`,
    isAuthenticated: true,
    scopes: scope.split(' ').filter(Boolean),
  };
  const text = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
  return `${text}.${createHmac('sha256', SUBGRAPH_SECRET).update(text).digest('base64url')}`;
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
