import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactElement, type RefObject, useEffect, useRef, useState } from 'react';
import { useDeskWords } from '../../i18n/desk-words.ts';
import { useSingleKeys } from '../../keys/use-keys.ts';
import { RowBody } from './AlertRow.tsx';
import { keyOf } from './keys.ts';
import type { DeskRow } from './list-model.ts';

/** Height of a line, in its own letters: two lines of text and air. Every line has the same, so nothing ever shifts. */
const ROW_EM = 4.3;
/** Lines kept ready above and below what is seen; with a screen of 4K height there are still fewer than 60. */
const OVERSCAN = 5;

export interface AlertListProps {
  readonly rows: readonly DeskRow[];
  readonly chosen: string | null;
  readonly checked: ReadonlySet<string>;
  readonly listRef: RefObject<HTMLDivElement | null>;
  readonly onChoose: (key: string) => void;
  readonly onHover: (inside: boolean) => void;
  readonly onFocus: (inside: boolean) => void;
}

/** Alerts, most urgent first: only the lines that can be seen are there, however many there are. */
export function AlertList({
  rows,
  chosen,
  checked,
  listRef,
  onChoose,
  onHover,
  onFocus,
}: AlertListProps): ReactElement {
  const { say } = useDeskWords();
  const singles = useSingleKeys();
  const rowPx = useRowPx(listRef);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => listRef.current,
    estimateSize: () => rowPx,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: OVERSCAN,
  });
  useEffect(() => {
    virtual.measure();
  }, [rowPx, virtual]);
  const at = chosen === null ? -1 : rows.findIndex(({ key }) => key === chosen);
  // only when another line is chosen: a list that moves by itself never pulls the reader along
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (chosen === shown.current) return;
    if (chosen !== null && at === -1) return;
    shown.current = chosen;
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' });
  }, [chosen, at, virtual]);
  return (
    <div
      ref={listRef}
      className="alert-list"
      role="listbox"
      tabIndex={0}
      aria-label={say('list.label')}
      aria-multiselectable="true"
      aria-activedescendant={at >= 0 ? `row-${chosen}` : undefined}
      data-testid="alert-list"
      onPointerEnter={(event) => event.pointerType === 'mouse' && onHover(true)}
      onPointerLeave={() => onHover(false)}
      onFocus={() => onFocus(true)}
      onBlur={() => onFocus(false)}
    >
      <div className="alert-rows" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the list's, which has the focus
            <div
              key={key}
              id={`row-${row.key}`}
              className="alert-row"
              role="option"
              tabIndex={-1}
              aria-selected={checked.has(row.key)}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              data-open={row.kind === 'group' ? row.open : undefined}
              data-testid="alert-row"
              data-key={row.key}
              data-chosen={row.key === chosen}
              data-child={row.kind === 'alert' && row.inGroup}
              data-over={row.kind === 'alert' && row.over}
              data-handling={row.kind === 'alert' ? row.alert.handling : undefined}
              style={{ height: rowPx, transform: `translateY(${start}px)` }}
              onClick={() => onChoose(row.key)}
            >
              <RowBody row={row} />
              {singles && (chosen === null ? index === 0 : row.key === chosen) ? (
                <RowKeys row={row} chosen={chosen !== null} />
              ) : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** The keys that come next, on the line itself: who sees it for the first time need not look for them. */
function RowKeys({ row, chosen }: { row: DeskRow; chosen: boolean }): ReactElement {
  const { say } = useDeskWords();
  const open = row.kind === 'group' ? row.unownedCount > 0 : row.alert.handling === 'open';
  return (
    <span className="row-keys" data-testid="row-keys">
      {chosen ? (
        <>
          {open ? (
            <span>
              <kbd>{keyOf('acknowledge')}</kbd> {say('do.acknowledge')}
            </span>
          ) : null}
          <span>
            <kbd>{keyOf('runbook')}</kbd> {say('do.runbook')}
          </span>
        </>
      ) : (
        <span>
          <kbd>{keyOf('next')}</kbd> {say('phone.details')}
        </span>
      )}
    </span>
  );
}

function useRowPx(list: RefObject<HTMLDivElement | null>): number {
  const [px, setPx] = useState(64);
  useEffect(() => {
    const measure = (): void => {
      const element = list.current;
      if (element !== null) setPx(Math.round(Number.parseFloat(getComputedStyle(element).fontSize) * ROW_EM));
    };
    measure();
    addEventListener('resize', measure);
    return () => removeEventListener('resize', measure);
  }, [list]);
  return px;
}
