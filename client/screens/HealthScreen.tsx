import type { ReactElement } from 'react';
import '../i18n/scene-words.ts';
import { useT } from '../i18n/t.ts';
import { FactTable } from '../panels/FactTable.tsx';
import { Panel } from '../panels/Panel.tsx';
import { useConsole } from '../state/console-store.ts';
import { useFeedFreshness } from '../state/use-freshness.ts';
import { PACE_MS, usePaced } from '../state/use-paced.ts';
import { useRows } from '../state/use-rows.ts';
import { FeedTable } from './FeedTable.tsx';
import { PageFrame } from './frame/PageFrame.tsx';
import { useFrameWords } from './frame/words.ts';
import { KioskApproval } from './KioskApproval.tsx';
import { ReceiversPanel } from './receivers/ReceiversPanel.tsx';

/** S8: is the console itself well? Feeds, sources, nodes and screens, worst first, on one page. */
export default function HealthScreen(): ReactElement {
  const { t } = useT();
  const { say } = useFrameWords();
  const freshness = useFeedFreshness([]);
  const nodes = useRows('nodes', PACE_MS.chart);
  const screens = useRows('screens', PACE_MS.chart);
  const sources = useRows('sources', PACE_MS.chart);
  const feeds = usePaced((state) => state.frame?.feeds, PACE_MS.chart);
  const mayPair = useConsole(
    (state) => typeof state.session === 'object' && state.session.permissions.includes('kiosks.manage'),
  );
  const mayReceivers = useConsole(
    (state) => typeof state.session === 'object' && state.session.permissions.includes('receivers.read'),
  );
  return (
    <PageFrame id="health" title={say('/health')} view="desk:health">
      <Panel id="health-feeds" title={t('health.feeds')} freshness={freshness}>
        <FeedTable feeds={feeds ?? {}} />
      </Panel>
      <Panel id="health-nodes" title={t('health.nodes')} freshness={freshness}>
        <FactTable
          rows={nodes}
          columns={[
            ['build', 'text'],
            ['up_ms', 'span'],
            ['sockets_count', 'count'],
            ['lag_p99_ms', 'ms'],
            ['tick_ms', 'ms'],
            ['tick_max_ms', 'ms'],
            ['redis_ms', 'ms'],
            ['frames_sent_count', 'count'],
            ['frames_skipped_count', 'count'],
            ['sockets_cut_count', 'count'],
            ['memory_bytes', 'bytes'],
            ['redis_memory_bytes', 'bytes'],
          ]}
        />
      </Panel>
      {mayReceivers ? <ReceiversPanel /> : null}
      <Panel id="health-screens" title={t('health.screens')} freshness={freshness}>
        <FactTable
          rows={screens}
          columns={[
            ['principal', 'text'],
            ['scene', 'text'],
            ['build', 'text'],
            ['node', 'text'],
            ['frame_age_ms', 'ms'],
            ['reported_age_ms', 'span'],
            ['connected_ms', 'span'],
            ['heap_bytes', 'bytes'],
          ]}
        />
        {mayPair ? <KioskApproval /> : null}
      </Panel>
      <Panel id="health-sources" title={t('health.sources')} freshness={freshness}>
        <FactTable
          rows={sources}
          columns={[
            ['heard_age_ms', 'span'],
            ['age_ms', 'span'],
            ['accepted_count', 'count'],
            ['late_count', 'count'],
            ['duplicate_count', 'count'],
            ['rejected_count', 'count'],
            ['types', 'text'],
          ]}
        />
      </Panel>
    </PageFrame>
  );
}
