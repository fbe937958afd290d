import type { ReceiverError, ReceiverState } from '#contract/receivers';
import type { ScriptRunner } from '../../server/store/scripts.ts';
import type { Delivery } from './domain/message.ts';

/** Connection commands the queues need; a single server, Sentinel and Cluster have them. */
export interface DeliveryRedis extends ScriptRunner {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  hget(key: string, field: string): Promise<string | null>;
  hgetall(key: string): Promise<Record<string, string>>;
  hmget(key: string, ...fields: string[]): Promise<(string | null)[]>;
  hset(key: string, field: string, value: string): Promise<number>;
  zcard(key: string): Promise<number>;
  zcount(key: string, min: string, max: string): Promise<number>;
  zrange(key: string, from: number, to: string): Promise<string[]>;
  zrange(key: string, from: number, to: string, scores: 'WITHSCORES'): Promise<string[]>;
  zrevrange(key: string, from: number, to: string): Promise<string[]>;
  zadd(key: string, score: number, member: string): Promise<unknown>;
  zremrangebyscore(key: string, min: string, max: string): Promise<unknown>;
  pexpire(key: string, ms: number): Promise<unknown>;
}

export interface Claimed {
  readonly delivery: Delivery;
  readonly field: string;
  readonly version: string;
  /** This try, from 1. */
  readonly tries: number;
  readonly how: 'send' | 'fold' | 'over';
  /** Redis time of the claim, ms. */
  readonly claimedAtMs: number;
  /** Monotonic ms before the claim was asked for: a node that was frozen finds out by it. */
  readonly claimedMonotonicMs: number;
}
/** One delivery to put on a queue, and what its receiver has been told with it. */
export interface NewDelivery {
  readonly delivery: Delivery;
  readonly told: { readonly as: 'open' | 'acknowledged' | 'resolved'; readonly onlyIfTold: boolean } | null;
}
export type Ending =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly inMs: number; readonly error: ReceiverError }
  | { readonly kind: 'dead'; readonly error: ReceiverError; readonly gone: boolean }
  /** Not tried after all. */
  | { readonly kind: 'back' };
export interface ReceiverFacts {
  readonly state: ReceiverState;
  readonly since: number | null;
  readonly deliveredCount: number;
  readonly failedCount: number;
  readonly lastDeliveredAt: number | null;
  readonly lastError: ReceiverError | null;
  readonly queueCount: number;
  readonly oldestAt: number | null;
  /** Due for more than 30 s and not sent. */
  readonly overdueCount: number;
}
