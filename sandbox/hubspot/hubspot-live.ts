import { createRandom } from '../world/random.ts';
import type { HubSpotEdits } from './hubspot-edits.ts';
import type { ObjectType } from './hubspot-ids.ts';
import { stageIds } from './hubspot-pipelines.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { HubSpotStore } from './hubspot-store.ts';

/** Makes one change after the other that a living account sees: deals that move, contacts and companies that are edited. */
export function createHubSpotActivity(store: HubSpotStore, edits: HubSpotEdits): () => void {
  const random = createRandom(2424);
  let step = 0;
  const pick = (type: ObjectType, act: (record: HubSpotRecord) => void) => {
    const [first, ...others] = store.all(type);
    if (first !== undefined) act(random.pick([first, ...others]));
  };
  const moveDeal = () => {
    pick('deals', ({ id, properties }) => {
      const stages = stageIds(properties['pipeline'] ?? '');
      const next = stages[(stages.indexOf(properties['dealstage'] ?? '') + 1) % stages.length];
      if (next !== undefined) edits.update('deals', id, { dealstage: next });
    });
  };
  const note = (type: ObjectType, property: string) => () => {
    pick(type, ({ id }) => {
      edits.update(type, id, { [property]: `+1 555 01${String(random.integer(10, 99))}` });
    });
  };
  const steps = [moveDeal, note('contacts', 'phone'), moveDeal, note('companies', 'phone')];
  return () => {
    steps[step % steps.length]?.();
    step += 1;
  };
}
