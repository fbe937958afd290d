import { describe, expect, it } from 'vitest';
import { alertLatencyDrill } from './drills/alert-latency.ts';
import { killDrill } from './drills/kill.ts';
import { latencyDrill } from './drills/latency.ts';
import { oracleDrill } from './drills/oracle.ts';

/** What `npm run prove` shows at full size, at 1/100: real servers in processes of their own, real Redis, real kills. */
const small = { scale: 1 / 100, seed: 20_261_111, quiet: true };
const MINUTES = 60_000;

describe('prove, at 1/100', () => {
  it(
    '[ORA10] mixed events by id and by sequence: nothing lost, nothing doubled, every stored line equal',
    async () => {
      const { ok, lines } = await oracleDrill(small);
      expect(ok, lines.join('\n')).toBe(true);
    },
    6 * MINUTES,
  );
  it(
    '[ORA11] the same under kill -9 of the server, of Redis and of both',
    async () => {
      const { ok, lines } = await killDrill(small);
      expect(ok, lines.join('\n')).toBe(true);
    },
    6 * MINUTES,
  );
  it(
    '[ORA12] every accepted event reaches a frame at a socket',
    async () => {
      const { ok, lines } = await latencyDrill(small);
      expect(ok, lines.join('\n')).toBe(true);
    },
    3 * MINUTES,
  );
  it(
    '[DLV27] an event that breaks a rule is an alert at a socket and at a webhook',
    async () => {
      const { ok, lines } = await alertLatencyDrill(small);
      expect(ok, lines.join('\n')).toBe(true);
    },
    3 * MINUTES,
  );
});
