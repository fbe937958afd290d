import { type ReactElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { TIERS } from '#contract/tiers';
import { useT } from '../../i18n/t.ts';
import { fromZoneInput, toZoneInput } from '../../numbers/zone.ts';
import { useMay } from '../frame/PageFrame.tsx';
import { useZone } from '../frame/use-now.ts';
import { type Group, isEmpty, KNOWN_GROUPS, NO_FILTER, type PageFilter } from './filter.ts';
import { useTimelineWords } from './words.ts';

const TYPING_MS = 300;
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** Kind, person, tier, text and span; all of it is in the address. */
export function FilterBar(props: {
  readonly filter: PageFilter;
  readonly people: readonly Person[];
  readonly onChange: (filter: PageFilter) => void;
  /** What stands at the end of the first line. */
  readonly children: ReactNode;
}): ReactElement {
  const { filter, people, onChange, children } = props;
  const { say } = useTimelineWords();
  const { t } = useT();
  const zone = useZone();
  const seesSecurity = useMay('timeline.security');
  const groups = KNOWN_GROUPS.filter((group) => group !== 'security' || seesSecurity);
  const toggle = (group: Group): void =>
    onChange({
      ...filter,
      groups: filter.groups.includes(group)
        ? filter.groups.filter((each) => each !== group)
        : KNOWN_GROUPS.filter((each) => each === group || filter.groups.includes(each)),
    });
  const [more, setMore] = useState(false);
  const setCount = [filter.who, filter.tier, filter.fromMs, filter.toMs].filter(
    (set) => set !== '' && set !== null,
  ).length;
  const at = (ms: number | null): string => (ms === null ? '' : toZoneInput(ms, zone));
  return (
    <search className="timeline-filter">
      <fieldset className="line">
        <legend className="sr-only">{say('kinds')}</legend>
        <button
          type="button"
          className="pill pill-button"
          aria-pressed={filter.groups.length === 0}
          onClick={() => onChange({ ...filter, groups: [] })}
        >
          {say('all')}
        </button>
        {groups.map((group) => (
          <button
            key={group}
            type="button"
            className="pill pill-button"
            aria-pressed={filter.groups.includes(group)}
            data-testid={`group-${group}`}
            onClick={() => toggle(group)}
          >
            {say(`group.${group}`)}
          </button>
        ))}
        {children}
      </fieldset>
      <div className="line filter-fields" data-more={more}>
        <SearchField text={filter.text} onChange={(text) => onChange({ ...filter, text })} />
        <button
          type="button"
          className="button filter-more"
          aria-expanded={more}
          data-testid="more-filters"
          onClick={() => setMore(!more)}
        >
          {say('more')} {setCount > 0 ? setCount : null}
        </button>
        <label className="inline-field">
          {say('person')}
          <select name="who" value={filter.who} onChange={(event) => onChange({ ...filter, who: event.target.value })}>
            <option value="">{say('anybody')}</option>
            {people.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label className="inline-field">
          {say('tier')}
          <select
            name="tier"
            value={filter.tier}
            onChange={(event) => onChange({ ...filter, tier: event.target.value })}
          >
            <option value="">{say('anyTier')}</option>
            {[...TIERS].reverse().map((tier) => (
              <option key={tier} value={tier}>
                {t(`tier.${tier}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="inline-field">
          {say('from')}
          <input
            type="datetime-local"
            name="from"
            value={at(filter.fromMs)}
            onChange={(event) => onChange({ ...filter, fromMs: fromZoneInput(event.target.value, zone) })}
          />
        </label>
        <label className="inline-field">
          {say('to')}
          <input
            type="datetime-local"
            name="to"
            value={at(filter.toMs)}
            onChange={(event) => onChange({ ...filter, toMs: fromZoneInput(event.target.value, zone) })}
          />
        </label>
        {isEmpty(filter) ? null : (
          <button type="button" className="link-button" data-testid="clear" onClick={() => onChange(NO_FILTER)}>
            {say('clear')}
          </button>
        )}
      </div>
    </search>
  );
}

/** Asks when the typing pauses, not at each letter. */
function SearchField({ text, onChange }: { text: string; onChange: (text: string) => void }): ReactElement {
  const { say } = useTimelineWords();
  const [typed, setTyped] = useState(text);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return;
    const timer = setTimeout(() => latest.current(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, text]);
  return (
    <label className="inline-field">
      <span className="sr-only">{say('text')}</span>
      <input
        type="search"
        name="q"
        placeholder={`${say('text')} (/)`}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
    </label>
  );
}
