import type { Alert } from '#contract/alerts';
import { byUrgency } from './list-model.ts';

export interface Related {
  readonly alert: Alert;
  /** Why it is beside this one: it mutes it, is paged with it, or shares this label. */
  readonly because:
    | { readonly kind: 'cause' }
    | { readonly kind: 'group' }
    | { readonly kind: 'label'; readonly label: string };
}
const MOST = 6;
/** Labels that many alerts share without having to do with each other. */
const LOOSE: ReadonlySet<string> = new Set(['alertname', 'domain', 'tier']);

/** Alerts that may be the same trouble: what mutes this one, what is paged with it, what shares a label. Pure. */
export function relatedTo(alert: Alert, listed: ReadonlyMap<string, Alert>): Related[] {
  const causes = new Set(alert.suppressedBy.filter(({ kind }) => kind === 'inhibition').map(({ id }) => id));
  const found: Related[] = [];
  for (const other of listed.values()) {
    if (other.id === alert.id) continue;
    if (causes.has(other.id)) found.push({ alert: other, because: { kind: 'cause' } });
    else if (other.group === alert.group) found.push({ alert: other, because: { kind: 'group' } });
    else {
      const shared = Object.entries(alert.labels).find(
        ([name, value]) => !LOOSE.has(name) && other.labels[name] === value,
      );
      if (shared !== undefined) found.push({ alert: other, because: { kind: 'label', label: shared[1] } });
    }
  }
  const rank = { cause: 0, group: 1, label: 2 } as const;
  return found
    .sort((a, b) => rank[a.because.kind] - rank[b.because.kind] || byUrgency(a.alert, b.alert))
    .slice(0, MOST);
}
