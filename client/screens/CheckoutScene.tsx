import type { ReactElement } from 'react';
import { useT } from '../i18n/t.ts';
import { Panel } from '../panels/Panel.tsx';
import { RowTable } from '../panels/RowTable.tsx';
import { SceneTile } from '../panels/SceneTile.tsx';
import { ShownOf } from '../panels/ShownOf.tsx';
import { TileRow } from '../panels/TileRow.tsx';
import { useConsole } from '../state/console-store.ts';
import { useFreshness } from '../state/use-freshness.ts';
import { PACE_MS } from '../state/use-paced.ts';
import { useRows } from '../state/use-rows.ts';

const TILES = [
  'orders_per_s@1m',
  'payment_success_rate@5m',
  'paid_not_updated_rate@5m',
  'checkout_to_pay_rate@5m',
  'refund_hours_p90@1h',
];
const COLUMNS = ['qps@1m', 'fault_rate@1m', 'page_latency_p99@1m', 'capacity_headroom@1m'];

/** Services that have room, by how far away the wall is read. */
const SERVICES = { near: 8, mid: 6, far: 6 } as const;

/** The way of an order: each service with its rate, failures, p99 and what is left of its capacity. */
export function CheckoutScene(): ReactElement {
  const { t } = useT();
  const rows = useRows('services', PACE_MS.kpi);
  const freshness = useFreshness(...COLUMNS);
  const most = SERVICES[useConsole((state) => state.wallScale)];
  return (
    <>
      <TileRow>
        {TILES.map((key) => (
          <SceneTile key={key} figureKey={key} />
        ))}
      </TileRow>
      <div className="row row-table">
        <Panel
          id="services"
          className="table-panel"
          title={t('checkout.title')}
          freshness={freshness}
          aside={<ShownOf most={most} all={rows.length} freshness={freshness} />}
        >
          <RowTable
            caption={t('checkout.title')}
            head={t('checkout.service')}
            rows={rows.slice(0, most)}
            label="service"
            columns={COLUMNS}
            nameLetters={14}
          />
        </Panel>
      </div>
    </>
  );
}
