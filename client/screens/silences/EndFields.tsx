import type { ReactElement } from 'react';
import { PRESET_MINUTES } from './draft.ts';
import { useSilenceWords } from './words.ts';

export interface EndChoice {
  /** One of the presets; null when the time field counts. */
  readonly minutes: number | null;
  readonly until: string;
}
export const NO_END: EndChoice = { minutes: null, until: '' };

/** How long: a preset, or a time of day within the next 24 hours. */
export function EndFields(props: {
  readonly value: EndChoice;
  readonly onChange: (end: EndChoice) => void;
}): ReactElement {
  const { value, onChange } = props;
  const { say } = useSilenceWords();
  return (
    <>
      <fieldset className="presets">
        <legend>{say('duration')}</legend>
        {PRESET_MINUTES.map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="pill pill-button"
            aria-pressed={value.minutes === minutes}
            data-testid={`for-${minutes}`}
            onClick={() => onChange({ minutes, until: '' })}
          >
            {minutes < 60 ? say('min', { n: minutes }) : say('hour', { n: minutes / 60 })}
          </button>
        ))}
      </fieldset>
      <label className="field">
        {say('until')}
        <input
          name="until"
          inputMode="numeric"
          placeholder="23:30"
          value={value.until}
          onChange={(event) => onChange({ minutes: null, until: event.target.value })}
        />
      </label>
    </>
  );
}
