import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that cannot be mistaken for a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own form; only compared. */
  readonly startedAt: string;
}

/** When the process with this pid started; null when there is none (or only its unreaped remains). */
export function startedAt(pid: number): string | null {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // the name in parentheses may hold anything, so fields are counted from its end
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
    } catch {
      return null; // no such process
    }
  }
  try {
    const shown = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
    return shown.toString().trim() || null;
  } catch {
    return null; // ps fails when there is no such process
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, startedAt: startedAt(pid) ?? '' });
export const isAlive = ({ pid, startedAt: since }: ProcessIdentity): boolean =>
  startedAt(pid) === since && since !== '';

/** Waits for a process that is not our child; true when it has gone. */
export async function goneWithin(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; ) {
    if (!isAlive(identity)) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return !isAlive(identity);
}
