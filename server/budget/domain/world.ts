import type { AccountId, Card } from '#contract/budget';
import type { PlatformLink, PlatformReading } from '#contract/platforms';
import type { Tier } from '#contract/tiers';
import type { AccountSpec, Budgets } from './accounts.ts';
import type { Policy } from './policy.ts';

/** All that rules about money look at besides the balances, at one instant. */
export interface World {
  readonly nowMs: number;
  readonly closesAtMs: number;
  readonly currency: string;
  readonly budgets: Budgets;
  readonly policy: Policy;
  /** What the channels' envelope was funded with: the base of tiers and rails. */
  readonly envelopeMinor: number;
  readonly channelEnvelope: AccountId;
  readonly accounts: ReadonlyMap<AccountId, AccountSpec>;
  /** By channel. */
  readonly links: ReadonlyMap<string, PlatformLink>;
  reading(channel: string): PlatformReading | null;
  /** When the platform takes the next change; null: at once. */
  nextChangeAt(channel: string): number | null;
  /** A feed of spend or orders that has fallen silent; null: both speak, or were never heard. */
  staleFeed(): 'ads' | 'orders' | null;
  /** The worst alert that names the channel; null: none. */
  alarm(channel: string): { readonly tier: Tier; readonly rule: string } | null;
  card(id: string): Card | null;
}
