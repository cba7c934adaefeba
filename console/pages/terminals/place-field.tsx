import { TextField } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useId, useMemo } from 'react';
import { plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './terminals.module.css';

const suggestionsMax = 8;

/** Where a thing stands in the ISA-95 tree, with the places there are already to choose from. */
export function PlaceField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const words = useConsoleWords();
  const plant = useQuery(plantQuery);
  const listId = useId();
  const places = useMemo(
    () => (plant.data ?? []).map((node) => node.path).filter((path) => path !== ''),
    [plant.data],
  );
  const text = value.trim().toLowerCase();
  const near = places
    .filter((path) => path.toLowerCase().includes(text) && path.toLowerCase() !== text)
    .sort((a, b) => Number(!a.toLowerCase().startsWith(text)) - Number(!b.toLowerCase().startsWith(text)))
    .slice(0, suggestionsMax);
  return (
    <div className={styles.placeField}>
      <TextField
        label={words('terminal.choose.place')}
        help={words('terminal.choose.placeHelp')}
        value={value}
        onChange={onChange}
        placeholder="enterprise/site/area/line/cell"
        autoComplete="off"
      />
      {near.length === 0 ? null : (
        <fieldset className={styles.suggestions} aria-labelledby={listId}>
          <legend id={listId} className={styles.faint}>
            {words('terminal.choose.placesKnown')}
          </legend>
          {near.map((path) => (
            <button key={path} type="button" className={styles.suggestion} onClick={() => onChange(path)}>
              {path}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
