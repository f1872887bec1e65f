// A phone's home screen in one query: npm start in one terminal, npx tsx examples/mobile/main.ts in another.
import { HomeScreenDocument } from './__generated__/graphql.ts';
import { fetchPersisted } from './fetch-persisted.ts';
import { homeScreen } from './home-screen.ts';

const gateway = new URL('/graphql', process.env['GATEWAY_URL'] ?? 'http://localhost:4000');

try {
  const { answer, bytes, requests } = await fetchPersisted(gateway, HomeScreenDocument, {
    first: 5,
  });
  for (const line of homeScreen(answer)) console.log(line);
  console.log(
    `\n${String(bytes)} bytes received in ${String(requests)} request${requests === 1 ? '' : 's'}`,
  );
} catch (error) {
  console.error(`The gateway at ${gateway.origin} did not answer: ${String(error)}`);
  process.exitCode = 1;
}
