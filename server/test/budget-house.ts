import { withDeps } from '../app.ts';
import { budgetRoutes } from '../routes/budget.ts';
import { testApp } from './app.ts';
import { type BudgetKitOptions, budgetKit, PEOPLE } from './budget-kit.ts';

export type Who = keyof typeof PEOPLE;
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON as it came, looked into by the test that asked for it
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}
let keys = 0;
/** Money behind its real routes; who asks is named by the bearer token. */
export async function house(options: BudgetKitOptions = {}) {
  const kit = await budgetKit(options);
  const app = await testApp({
    authenticate: async ({ headers }) => PEOPLE[headers.authorization?.replace(/^Bearer /, '') as Who] ?? null,
    plugins: [withDeps(budgetRoutes, { budget: kit.budget })],
  });
  const ask = async (
    who: Who,
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    payload?: object,
    key = `h${++keys}`,
  ): Promise<Answer> => {
    const reply = await app.inject({
      method,
      url: `/api/v1/budget${path}`,
      headers: {
        authorization: `Bearer ${who}`,
        ...(method === 'GET' || key === '' ? {} : { 'idempotency-key': key }),
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson =
      String(reply.headers['content-type']).includes('json') &&
      !String(reply.headers['content-type']).includes('ndjson');
    return {
      status: reply.statusCode,
      body: isJson && reply.body !== '' ? reply.json() : reply.body,
      headers: reply.headers,
    };
  };
  const move = async (
    from: string,
    to: string,
    amountMinor: number,
    more: object = {},
    who: Who = 'sun',
    key?: string,
  ): Promise<Answer> => ask(who, 'POST', '/transfers', { ...(await kit.body(from, to, amountMinor)), ...more }, key);
  const approve = (who: Who, { body }: Answer): Promise<Answer> =>
    ask(who, 'POST', `/transfers/${body.move.id}/approve`, { terms: body.move.terms });
  /** A small move that is settled. */
  const settled = async (from = 'chan:search', to = 'chan:content'): Promise<Answer> => {
    const asked = await move(from, to, 5_000_000);
    return approve('gao', asked);
  };
  return { ...kit, app, send: ask, move, approve, settled };
}
export type House = Awaited<ReturnType<typeof house>>;
