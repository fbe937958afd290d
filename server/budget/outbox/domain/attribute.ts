/** What one command of a batch asked for and what it got, minor units, same sign. */
export interface Share {
  readonly id: string;
  readonly askedMinor: number;
  readonly doneMinor: number;
}

/**
 * Several commands may have gone out as one absolute target. Divides what the platform really did among them: a raise that was cut
 * short is short for the youngest raises, a cut that was cut short for the youngest cuts; the other side had its way in full.
 * `achievedMinor` beyond what was asked is somebody else's doing and is nobody's share.
 * @param commands - oldest first
 * @param achievedMinor - budget after minus budget before
 */
export function attribute(
  commands: readonly { readonly id: string; readonly deltaMinor: number }[],
  achievedMinor: number,
): readonly Share[] {
  const wantedMinor = commands.reduce((sum, { deltaMinor }) => sum + deltaMinor, 0);
  const low = Math.min(0, wantedMinor);
  const high = Math.max(0, wantedMinor);
  // a batch that nets to nothing, or beyond its target: everybody has what was asked
  const gotMinor = wantedMinor === 0 ? 0 : Math.min(high, Math.max(low, achievedMinor));
  let shortMinor = wantedMinor - gotMinor; // > 0: raises are short; < 0: cuts are
  const shares: Share[] = [];
  for (const { id, deltaMinor } of [...commands].reverse()) {
    const sameSide = Math.sign(deltaMinor) === Math.sign(shortMinor);
    const missingMinor = sameSide ? Math.sign(shortMinor) * Math.min(Math.abs(shortMinor), Math.abs(deltaMinor)) : 0;
    shortMinor -= missingMinor;
    shares.unshift({ id, askedMinor: deltaMinor, doneMinor: deltaMinor - missingMinor });
  }
  return shares;
}
