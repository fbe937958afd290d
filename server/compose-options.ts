import type { FastifyBaseLogger } from 'fastify';
import type { PlatformHook } from './budget/platforms/webhook-adapter.ts';
import type { PasswordCost } from './people/passwords.ts';
import type { StoreTarget } from './store/redis-url.ts';

export interface ComposeOptions {
  readonly log: FastifyBaseLogger;
  readonly target: StoreTarget;
  readonly clientDir: string | null;
  readonly build: string;
  /** A demo begins a new instance at this opening and scale; null goes on with the current one. */
  readonly demo: {
    readonly opensAtMs: number;
    readonly ratePerSecond: number;
    readonly resume: boolean;
    /** How often recommendations learn, ms. */
    readonly adviceTickMs?: number;
    /** Of programs that the demo starts beside the server, on this machine. */
    readonly hooks?: Readonly<Record<string, PlatformHook>>;
  } | null;
  /** Absent: what is safe. Tests that make a dozen people each take less. */
  readonly passwordCost?: PasswordCost;
}
