import { useEffect, useRef, useState } from 'react';
import { CustomerCard } from './customer-card.tsx';
import { CustomerList } from './customer-list.tsx';

/** The list and the card side by side; on a phone, one of them. */
export function App() {
  const [chosen, setChosen] = useState<string>();
  const [isCardOpen, setCardOpen] = useState(false);
  const list = useRef<HTMLElement>(null);
  const back = useRef<HTMLButtonElement>(null);

  // On a phone the focused part disappears. On a wide screen both parts are visible, and the hidden button takes no
  // focus.
  useEffect(() => {
    if (isCardOpen) back.current?.focus();
    else list.current?.querySelector<HTMLElement>('[aria-current]')?.focus();
  }, [isCardOpen]);

  return (
    <div className="columns" data-open={isCardOpen ? 'card' : 'list'}>
      <CustomerList
        ref={list}
        chosen={chosen}
        onChoose={(id) => {
          setChosen(id);
          setCardOpen(true);
        }}
      />
      <main>
        <button
          ref={back}
          className="back"
          onClick={() => {
            setCardOpen(false);
          }}
        >
          ‹ Customers
        </button>
        {chosen === undefined ? (
          <p className="hint">Choose a customer.</p>
        ) : (
          <CustomerCard key={chosen} id={chosen} />
        )}
      </main>
    </div>
  );
}
