/**
 * Every metric that `GET /metrics` tells, besides what prom-client says of any Node process (`process_…`, `nodejs_…`, left
 * under the names that dashboards know). Base units; `_total` for counters; a gauge that is not known is left out, never 0.
 * PROTOCOL.md MET1–MET9.
 */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Every label has few values: codes, views, feeds, shards, route patterns. */
  readonly labels?: readonly string[];
  /** Upper edges of a histogram. */
  readonly buckets?: readonly number[];
  /** A business gauge is this KPI over this window, as on the wall and in `/api/v1/kpis`: there is no second formula. */
  readonly kpi?: { readonly id: string; readonly window: '1m' | '5m' | '1h' | 'open' };
}

const QUICK_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const open = (id: string) => ({ id, window: 'open' }) as const;
const lastMinute = (id: string) => ({ id, window: '1m' }) as const;
const fiveMinutes = (id: string) => ({ id, window: '5m' }) as const;

export const METRICS = {
  // events in; received = accepted + duplicate + rejected at every scrape
  warroom_events_received_total: { type: 'counter', help: 'Events in bodies that were answered.' },
  warroom_events_accepted_total: { type: 'counter', help: 'Events counted, each once.' },
  warroom_events_duplicate_total: { type: 'counter', help: 'Events that had been counted before.' },
  warroom_events_rejected_total: { type: 'counter', help: 'Events refused one by one, by code.', labels: ['code'] },
  warroom_event_bodies_total: {
    type: 'counter',
    help: 'Bodies of events: counted, replayed, or the code they were refused with as a whole.',
    labels: ['outcome'],
  },
  warroom_event_ack_seconds: {
    type: 'histogram',
    help: 'From a whole body to its answer, after Redis has fsynced it.',
    buckets: QUICK_S,
  },
  warroom_events_waiting: { type: 'gauge', help: 'Events taken in and not answered yet.' },
  warroom_flush_seconds: { type: 'histogram', help: 'One shared flush of one shard.', buckets: QUICK_S },
  warroom_flush_bodies: { type: 'histogram', help: 'Bodies that shared a flush.', buckets: [1, 2, 5, 10, 25, 50, 100] },
  warroom_flush_cells: {
    type: 'histogram',
    help: 'Cells that a flush wrote.',
    buckets: [10, 30, 100, 300, 1_000, 3_000, 10_000],
  },
  warroom_flush_failures_total: { type: 'counter', help: 'Flushes that the store did not take.' },
  warroom_dead_letters: { type: 'gauge', help: 'Refused events that are kept.' },
  warroom_dead_letters_dropped_total: { type: 'counter', help: 'Kept ones that had to go, the oldest first.' },
  warroom_dedupe_ids: { type: 'gauge', help: 'Event ids remembered, by shard.', labels: ['shard'] },
  warroom_dedupe_ids_limit: { type: 'gauge', help: 'The most that one shard remembers before 503 dedupe_full.' },

  // the view: how old what is shown is
  warroom_view_event_age_seconds: { type: 'gauge', help: 'Now (Redis time) minus the newest accepted event.' },
  warroom_view_watermark_lag_seconds: { type: 'gauge', help: 'Now (Redis time) minus the watermark.' },
  warroom_view_read_age_seconds: { type: 'gauge', help: 'Since this node last read the windows.' },
  warroom_view_loaded_ratio: { type: 'gauge', help: 'How much of the windows is loaded after a start, 1 = all.' },
  warroom_feed_age_seconds: { type: 'gauge', help: 'Since the newest event of a feed.', labels: ['feed'] },
  warroom_feed_silent_sources: { type: 'gauge', help: 'Sources of a feed that went silent.', labels: ['feed'] },

  // screens out
  warroom_tick_seconds: { type: 'gauge', help: 'Building and sending all frames, the last time.' },
  warroom_tick_max_seconds: { type: 'gauge', help: 'The same, the longest of late.' },
  warroom_frames_sent_total: { type: 'counter', help: 'Frames handed to screens.' },
  warroom_frames_skipped_total: { type: 'counter', help: 'Frames that slow screens were spared.' },
  warroom_sockets: { type: 'gauge', help: 'Sockets connected to this node.' },
  warroom_sockets_cut_total: { type: 'counter', help: 'Sockets this node closed, by reason.', labels: ['reason'] },
  warroom_sockets_refused_total: { type: 'counter', help: 'Handshakes this node refused.' },
  warroom_screens: { type: 'gauge', help: 'Screens of this node by view, none before they join.', labels: ['view'] },
  warroom_people_on_duty: { type: 'gauge', help: 'People who are on the roster now and here, over all nodes.' },
  warroom_timeline_seq: { type: 'gauge', help: 'Newest entry of the timeline this node has.' },

  // what screens report of themselves (POST /faro/collect)
  warroom_client_lcp_seconds: {
    type: 'histogram',
    help: 'Largest contentful paint in browsers.',
    buckets: [0.5, 1, 1.5, 2.5, 4, 8],
  },
  warroom_client_inp_seconds: {
    type: 'histogram',
    help: 'Interaction to next paint in browsers.',
    buckets: [0.05, 0.1, 0.2, 0.5, 1, 2],
  },
  warroom_client_cls_ratio: {
    type: 'histogram',
    help: 'Cumulative layout shift in browsers.',
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5],
  },
  warroom_client_frame_age_seconds: {
    type: 'histogram',
    help: 'Age of the newest frame on a screen, sampled by it.',
    labels: ['view', 'build'],
    buckets: [0.25, 0.5, 1, 2, 3, 5, 10, 30],
  },
  warroom_client_errors_total: { type: 'counter', help: 'Errors in browsers, by kind.', labels: ['kind'] },
  warroom_client_reports_total: { type: 'counter', help: 'Reports of browsers that were taken.' },
  warroom_client_forwards_total: {
    type: 'counter',
    help: 'Reports on their way to FARO_COLLECTOR_URL: sent, failed, or dropped because too many waited.',
    labels: ['outcome'],
  },

  // pages and notifications out
  warroom_deliveries_total: {
    type: 'counter',
    help: 'Messages to receivers: delivered, folded into a summary, retried, given up (dead), or overtaken by an acknowledgement.',
    labels: ['receiver', 'outcome'],
  },
  warroom_delivery_seconds: {
    type: 'histogram',
    help: 'From the queue of a receiver to its 2xx.',
    labels: ['receiver'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3_600],
  },
  warroom_delivery_queue: { type: 'gauge', help: 'Messages that wait for a receiver.', labels: ['receiver'] },
  warroom_delivery_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest message that waits; 0 when none does.',
    labels: ['receiver'],
  },
  warroom_receiver_trouble: {
    type: 'gauge',
    help: '0 well, 1 failing, 2 disabled: nothing is sent.',
    labels: ['receiver'],
  },

  // alerts, and those from outside
  warroom_alerts: {
    type: 'gauge',
    help: 'Alerts that stand (the watchdog is none): open, acknowledged, or muted by a silence (silenced) or by something else (suppressed).',
    labels: ['tier', 'state'],
  },
  warroom_foreign_alerts_total: {
    type: 'counter',
    help: 'Alerts in bodies of Prometheus and Alertmanager: fired, repeated, resolved, ignored (over already), without room (full), or refused.',
    labels: ['outcome'],
  },
  warroom_foreign_alerts_open: { type: 'gauge', help: 'Alerts from outside that are not over.' },

  // budgets on their way to the ad platforms
  warroom_outbox_commands: {
    type: 'gauge',
    help: 'Commands to ad platforms that have not ended: queued, sent, or unknown because no answer came.',
    labels: ['state'],
  },
  warroom_outbox_oldest_seconds: { type: 'gauge', help: 'Age of the oldest of them; 0 when there is none.' },
  warroom_platform_drifts: { type: 'gauge', help: 'Ad platforms whose budget is not ours.' },
  warroom_platform_drift_minor: { type: 'gauge', help: 'By how much, minor units, without signs, all together.' },

  // the store and the node
  warroom_redis_connected: { type: 'gauge', help: '1 while commands are answered.' },
  warroom_redis_round_trip_seconds: { type: 'gauge', help: 'A PING to the store and back.' },
  warroom_redis_memory_bytes: { type: 'gauge', help: 'Memory the store uses.' },
  warroom_redis_memory_max_bytes: { type: 'gauge', help: 'Memory the store may use; 0 = no limit.' },
  warroom_disk_low: { type: 'gauge', help: '1 while writes are refused because the disk is nearly full.' },
  warroom_event_loop_lag_p99_seconds: { type: 'gauge', help: 'Delay of the event loop of late, p99.' },
  warroom_http_requests_total: {
    type: 'counter',
    help: 'Answers by method, route pattern and status.',
    labels: ['method', 'route', 'status'],
  },
  warroom_build_info: { type: 'gauge', help: 'Always 1.', labels: ['build', 'node', 'campaign', 'node_version'] },

  // business
  warroom_gmv_paid_minor: { type: 'gauge', help: 'Paid since opening, minor units.', kpi: open('gmv_paid') },
  warroom_gmv_net_minor: {
    type: 'gauge',
    help: 'Paid less refunded since opening, minor units.',
    kpi: open('gmv_net'),
  },
  warroom_gmv_target_ratio: {
    type: 'gauge',
    help: 'Part of the target that is reached.',
    kpi: open('target_attainment'),
  },
  warroom_orders_paid: { type: 'gauge', help: 'Orders paid since opening.', kpi: open('orders_paid') },
  warroom_orders_per_second: { type: 'gauge', help: 'Orders a second, last minute.', kpi: lastMinute('orders_per_s') },
  warroom_requests_per_second: { type: 'gauge', help: 'QPS of all services, last minute.', kpi: lastMinute('qps') },
  warroom_capacity_headroom_ratio: {
    type: 'gauge',
    help: 'Rated capacity that is left, last minute.',
    kpi: lastMinute('capacity_headroom'),
  },
  warroom_request_errors_ratio: {
    type: 'gauge',
    help: 'Requests that failed, last minute.',
    kpi: lastMinute('fault_rate'),
  },
  warroom_payment_success_ratio: {
    type: 'gauge',
    help: 'Payments that succeeded, last 5 min.',
    kpi: fiveMinutes('payment_success_rate'),
  },
  warroom_stockout_ratio: {
    type: 'gauge',
    help: 'Demand that met no stock, last 5 min.',
    kpi: fiveMinutes('stockout_rate_demand'),
  },
  warroom_complaints_opened: { type: 'gauge', help: 'Complaints, last 5 min.', kpi: fiveMinutes('complaints_opened') },
  warroom_ad_spend_minor: { type: 'gauge', help: 'Ad spend since opening, minor units.', kpi: open('ad_spend') },
  warroom_roas_ratio: { type: 'gauge', help: 'Return on ad spend since opening.', kpi: open('roas') },
} as const satisfies Readonly<Record<string, MetricSpec>>;

export type MetricName = keyof typeof METRICS;
/** Names of one type, so that a gauge cannot be counted up and a counter cannot be set back. */
export type MetricOf<T extends MetricSpec['type']> = {
  [N in MetricName]: (typeof METRICS)[N]['type'] extends T ? N : never;
}[MetricName];
