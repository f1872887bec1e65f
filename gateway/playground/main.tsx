import { createRoot } from 'react-dom/client';
import './workers.ts';
import 'graphiql/style.css';
import './playground.css';
import { Playground } from './playground.tsx';

const element = document.getElementById('playground');
if (!element)
  throw new Error('Expected an element with id "playground" in index.html, but found none.');
createRoot(element).render(<Playground />);
