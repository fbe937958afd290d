import { hash, verify } from '@node-rs/argon2';
import { AppError } from '#contract/errors';
import { limit } from '../limits.ts';
import { normalisePassword } from './domain/password.ts';

/** What one argon2id hash costs: KiB of memory, passes, threads. */
export interface PasswordCost {
  readonly memoryCost: number;
  readonly timeCost: number;
  readonly parallelism: number;
}
/** Argon2id with 19 MiB and 2 passes, the first choice of OWASP's password storage cheat sheet; about 25 ms of one core. */
export const PASSWORD_COST: PasswordCost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashed at once on one node: two of the four threads of the pool, so that files and names are still read under a flood. */
const AT_ONCE = 2;

/** Hashing in turn; `too_many_requests` when the queue is full. */
export interface Passwords {
  /** PHC string; the salt is fresh. */
  hash(password: string): Promise<string>;
  /**
   * True when the password belongs to the hash that `read` finds, once it is this caller's turn. A hash of '' (nobody by that
   * name, or no password set) takes as long and is never true.
   */
  matches(read: () => Promise<string>, password: string): Promise<boolean>;
  /** Waits for a turn without hashing: what counts tries goes through here, so that a crowd is not taken for an attack. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

export function createPasswords(cost: PasswordCost = PASSWORD_COST): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  // refused when more wait than can be served in a few seconds
  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= AT_ONCE) {
      if (waiting.length >= limit('loginQueue'))
        throw new AppError('too_many_requests', 'too many people are signing in at once; try again in a moment', {
          retryAfterS: 3,
        });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next(); // hands its place on
    }
  }
  const make = (password: string): Promise<string> => hash(normalisePassword(password), { ...cost });
  // made before anybody asks, so that the first unknown name takes no longer than the next
  const nobody = make('a password that nobody has');
  nobody.catch(() => undefined); // reported by whoever needs it
  return {
    hash: (password) => inTurn(() => make(password)),
    inTurn,
    matches: (read, password) =>
      inTurn(async () => {
        const stored = await read();
        const against = stored === '' ? await nobody : stored;
        return (await verify(against, normalisePassword(password))) && stored !== '';
      }),
  };
}
