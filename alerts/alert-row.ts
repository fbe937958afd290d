import type { Alert, AlertRow } from '#contract/alerts';

/** An alert as the wall's strip shows it. */
export const rowOf = ({
  id,
  rule,
  labels,
  annotations,
  tier,
  evaluation,
  handling,
  owner,
  startsAt,
  value,
  limit,
  unit,
  costMinorPerMinute,
}: Alert): AlertRow => ({
  id,
  rule,
  labels,
  summary: annotations.summary ?? rule,
  ...(annotations.summary_zh === undefined ? {} : { summaryZh: annotations.summary_zh }),
  tier,
  evaluation,
  handling,
  owner: owner?.name ?? null,
  startsAt,
  value,
  limit,
  unit,
  costMinorPerMinute,
});
