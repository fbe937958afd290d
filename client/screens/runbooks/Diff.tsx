import type { ReactElement } from 'react';
import { type NameSource, placeName } from '#contract/place-names';
import type { DiffRow, Execution, Shown } from '#contract/runbooks';
import { useConsole } from '../../state/console-store.ts';
import { hasWord, type Say, useWords, type WordKey } from './words.ts';

/** What would change, in the reader's words: codes and names of the wire are never shown where there are words for them. */
export function Diff({ rows }: { rows: readonly DiffRow[] }): ReactElement {
  const { say, lang } = useWords();
  const campaign = useConsole((state) => state.campaign);
  return (
    <table className="diff">
      <thead>
        <tr>
          <th scope="col">{say('changes')}</th>
          <th scope="col">{say('before')}</th>
          <th scope="col">{say('after_')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ what, before, after }) => (
          <tr key={what} data-changed={before !== after && JSON.stringify(before) !== JSON.stringify(after)}>
            <th scope="row">{nameOf(what, say, lang, campaign)}</th>
            <td>{wordOf(what, before, say, lang)}</td>
            <td>{wordOf(what, after, say, lang)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function nameOf(what: string, say: Say, lang: 'zh' | 'en', campaign: NameSource | null): string {
  const word = `diff.${what}`;
  if (hasWord(word)) return say(word as WordKey);
  const channel = what.startsWith('budget.') ? what.slice('budget.'.length) : null;
  return channel === null ? what : say('diff.budget', { name: placeName(campaign, 'channel', channel, lang) });
}
export function wordOf(what: string, value: Shown | null, say: Say, lang: 'zh' | 'en'): string {
  if (value === null) return '—';
  if (typeof value === 'object') return value[lang];
  const word = what.startsWith('budget.') ? `value.${value}` : what === 'banner.tier' ? `tier.${value}` : '';
  return hasWord(word) ? say(word as WordKey) : value;
}

/** What came of an action, in the reader's words; as the server wrote it where an older run has no code. */
export function toldLine({ told, outcome }: Pick<Execution, 'told' | 'outcome'>, say: Say): string {
  const word = `told.${told?.code ?? ''}`;
  if (told === undefined || !hasWord(word)) return outcome ?? '';
  const way = `way.${String(told.params.direction ?? '')}`;
  return say(word as WordKey, { ...told.params, ...(hasWord(way) ? { way: say(way as WordKey) } : {}) });
}
