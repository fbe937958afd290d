import type { ConfirmMoveBody, MoneyPort, Move, Person, PlatformPort, PlatformReceipt } from '#contract/budget';
import { AppError } from '#contract/errors';
import { isSamePerson } from './domain/approvals.ts';
import { refusal } from './domain/refusals.ts';
import type { MoneyStore } from './store/money-store.ts';

export interface ByHandDeps {
  readonly store: MoneyStore;
  readonly money: MoneyPort;
  readonly platforms: () => PlatformPort | null;
  readonly nowMs: () => number;
}

/**
 * A person tells what a platform did: where no link carries commands out, or where the link has had no answer for a minute.
 * @throws {AppError} `self_approval` for whoever asked for the move; `pending_not_found`, `exceeds_pending`; `conflict` while a link works
 */
export function createByHand({ store, money, platforms, nowMs }: ByHandDeps) {
  return async (moveId: string, told: ConfirmMoveBody, by: Person): Promise<Move> => {
    const command = await store.command(told.commandId);
    const { channel, direction, amountMinor } = command;
    const { appliedMinor } = told;
    const move = await store.move(moveId);
    if (command.moveId !== moveId) throw refusal('pending_not_found');
    if (isSamePerson(move.requestedBy, by)) throw refusal('self_approval');
    if (appliedMinor > amountMinor)
      throw refusal('exceeds_pending', {
        account: `chan:${channel}`,
        limitMinor: amountMinor,
        askedMinor: appliedMinor,
      });
    const isTold = move.legs.some(({ receipts }) => receipts.some(({ commandId }) => commandId === command.id));
    if (isTold) return move;
    const message = `${by.name}: ${told.note}`;
    const port = platforms();
    if (port !== null && port.view(channel) !== null) {
      if (port.endByHand === undefined)
        throw new AppError('conflict', `${channel} has a platform link that works; it confirms by itself`);
      await port.endByHand(channel, { commandId: command.id, appliedMinor, reason: message, by });
    }
    const receipt: PlatformReceipt = {
      commandId: command.id,
      direction,
      outcome: appliedMinor === amountMinor ? 'applied' : appliedMinor === 0 ? 'rejected' : 'clamped',
      appliedMinor,
      confirmedMinor: null,
      externalRef: null,
      message,
      at: nowMs(),
    };
    return money.confirmLeg(command.id, receipt);
  };
}
