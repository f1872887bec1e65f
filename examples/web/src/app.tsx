import { useState } from 'react';
import { CustomerCard } from './customer-card.tsx';
import { CustomerList } from './customer-list.tsx';

export function App() {
  const [chosen, choose] = useState<string>();
  return (
    <>
      <CustomerList chosen={chosen} onChoose={choose} />
      <main>
        {chosen === undefined ? (
          <p className="hint">Choose a customer.</p>
        ) : (
          <CustomerCard id={chosen} />
        )}
      </main>
    </>
  );
}
