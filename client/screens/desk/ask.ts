import type { Alert } from '#contract/alerts';

/** What is asked before it is done; everything else is done at a press. */
export type AskKind = 'acknowledge' | 'escalate' | 'assign' | 'resolve' | 'note' | 'silence';
export interface Asked {
  readonly kind: AskKind;
  readonly alert: Alert;
}
