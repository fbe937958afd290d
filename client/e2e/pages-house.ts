import { afterAll, afterEach, beforeAll } from 'vitest';
import type { DemoPerson, PersonRole } from '#contract/people';
import type { OpenPage, PageOptions } from './house.ts';
import { type RunbooksHouse, runbooksHouse } from './runbooks-house.ts';

export const shots = process.env.WARROOM_SHOTS;

/** One house for a test file, whose people are asked for by their role; each test opens pages of its own. */
export function usePages() {
  let house: RunbooksHouse;
  beforeAll(async () => {
    house = await runbooksHouse();
  }, 180_000);
  afterAll(() => house?.close());
  afterEach(() => house?.leave()); // a page that nobody looks at still draws every frame
  return {
    person: (role: PersonRole): DemoPerson => house.person(role),
    url: () => house.url,
    open: (role: PersonRole, path: string, options: PageOptions = {}): Promise<OpenPage> =>
      house.open(house.person(role), { width: 1_440, ...options, path }),
    api: <T>(role: PersonRole, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: object): Promise<T> =>
      house.ask(house.person(role), method, path, body),
  };
}
