// Your own GraphQL service, without a library: `PORT=4010 node loyalty-service.mjs`. Any GraphQL server that supports
// Apollo Federation can replace it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const programmes = [
  { id: '1', name: 'Early birds', sponsor: null },
  { id: '2', name: 'Frequent flyers', sponsor: null },
];

/** Points by the last digit of the customer's id: an example needs no database. */
const pointsOf = (id) => Number(id.at(-1)) * 100;

const answers = {
  _entities: ({ representations }) =>
    representations.map(({ id }) => ({ __typename: 'Customer', id, points: pointsOf(id) })),
  programmes: () => programmes,
  // `tributary compose --refresh` queries it.
  _service: () => ({ sdl: readFileSync(new URL('loyalty.graphql', import.meta.url), 'utf8') }),
};

function answer({ query, variables = {} }) {
  const [field] = Object.keys(answers).filter((name) => query.includes(name));
  return field === undefined
    ? { errors: [{ message: 'This example answers _entities, programmes and _service only.' }] }
    : { data: { [field]: answers[field](variables) } };
}

const server = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer(JSON.parse(body))));
});
server.listen(Number(process.env.PORT ?? 4010), '127.0.0.1', () => {
  console.log(
    `The loyalty service listens on http://127.0.0.1:${String(server.address().port)}/graphql`,
  );
});
