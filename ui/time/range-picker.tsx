import { ChevronLeft, ChevronRight, Clock, Pause, Play } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Dialog as AriaDialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import buttonStyles from '../controls/button.module.css';
import { Button } from '../controls/button.tsx';
import { TextField } from '../forms/fields.tsx';
import { type UiWords, useUiWords } from '../words/index.ts';
import type { Say } from '../words/typed.ts';
import { type PlantTime, usePlantTime } from './plant-time.tsx';
import {
  boundsOf,
  lastParts,
  moved,
  parseRange,
  quickRanges,
  rangeMillisecondsMin,
  type TimeRange,
} from './range.ts';
import styles from './range-picker.module.css';
import { fromWallClock, wallClock } from './zone.ts';

/** A range in words: "Last 8 h", or its two ends in plant time. */
export function rangeText(range: TimeRange, words: Say<UiWords>, plant: PlantTime): string {
  if (range.kind === 'last') {
    const { count, unit } = lastParts(range.milliseconds);
    return unit === 's' ? plant.duration(range.milliseconds) : words(`time.last.${unit}`, { count });
  }
  const sameDay = plant.date(range.from) === plant.date(range.to);
  return `${plant.instant(range.from)} – ${sameDay ? plant.clock(range.to) : plant.instant(range.to)}`;
}

/**
 * The time range that follows a person through all pages: a press opens the usual ranges and two times to type; the arrows move
 * it. `frozen` is the instant at which live views stand still.
 */
export function TimeRangePicker({
  range,
  onChange,
  frozen,
  onFreeze,
}: {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
  frozen: number | undefined;
  onFreeze: (frozen: boolean) => void;
}) {
  const words = useUiWords();
  const plant = usePlantTime();
  const now = () => frozen ?? Date.now();
  const shift = (share: number) => {
    const { from, to } = boundsOf(range, now());
    onChange(moved(from, to, share, Date.now()));
  };
  return (
    <fieldset className={styles.picker} aria-label={words('time.range')}>
      <Button
        kind="quiet"
        icon={<ChevronLeft size={18} />}
        label={words('time.earlier')}
        onPress={() => shift(-0.5)}
      />
      <DialogTrigger>
        <AriaButton
          className={`${buttonStyles.button} ${buttonStyles.plain} ${styles.current}`}
          aria-label={`${words('time.range')}: ${rangeText(range, words, plant)}`}
        >
          <Clock size={16} />
          <span className={styles.text}>{rangeText(range, words, plant)}</span>
        </AriaButton>
        <Popover className={styles.popover} placement="bottom">
          <AriaDialog className={styles.dialog} aria-label={words('time.range')}>
            {({ close }) => (
              <Choices
                range={range}
                now={now()}
                onChoose={(next) => {
                  onChange(next);
                  close();
                }}
              />
            )}
          </AriaDialog>
        </Popover>
      </DialogTrigger>
      <Button
        kind="quiet"
        icon={<ChevronRight size={18} />}
        label={words('time.later')}
        onPress={() => shift(0.5)}
        disabledReason={undefined}
      />
      <Button
        kind={frozen === undefined ? 'quiet' : 'plain'}
        icon={frozen === undefined ? <Pause size={16} /> : <Play size={16} />}
        label={frozen === undefined ? words('time.freeze') : words('time.follow')}
        pressed={frozen !== undefined}
        onPress={() => onFreeze(frozen === undefined)}
      />
    </fieldset>
  );
}

function Choices({
  range,
  now,
  onChoose,
}: {
  range: TimeRange;
  now: number;
  onChoose: (range: TimeRange) => void;
}) {
  const words = useUiWords();
  const plant = usePlantTime();
  const bounds = boundsOf(range, now);
  const [from, setFrom] = useState(wallClock(bounds.from, plant.zone));
  const [to, setTo] = useState(wallClock(bounds.to, plant.zone));
  const [tried, setTried] = useState(false);
  const fromInstant = fromWallClock(from, plant.zone);
  const toInstant = fromWallClock(to, plant.zone);
  const inOrder =
    fromInstant === undefined || toInstant === undefined || toInstant - fromInstant >= rangeMillisecondsMin;
  return (
    <div className={styles.choices}>
      <div>
        <p className={styles.title}>{words('time.quick')}</p>
        <div className={styles.quick}>
          {quickRanges.map((text) => {
            const quick = parseRange(text)!;
            const chosen =
              range.kind === 'last' && quick.kind === 'last' && quick.milliseconds === range.milliseconds;
            return (
              <Button key={text} kind="quiet" pressed={chosen} onPress={() => onChoose(quick)}>
                {rangeText(quick, words, plant)}
              </Button>
            );
          })}
        </div>
      </div>
      <form
        className={styles.fixed}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fromInstant === undefined || toInstant === undefined || !inOrder) return;
          onChoose({ kind: 'fixed', from: fromInstant, to: toInstant });
        }}
      >
        <p className={styles.title}>{words('time.fixed')}</p>
        <TextField
          label={words('time.from')}
          value={from}
          onChange={setFrom}
          fault={tried && fromInstant === undefined ? words('time.wrong') : undefined}
        />
        <TextField
          label={words('time.to')}
          value={to}
          onChange={setTo}
          help={`${words('time.form')} (${plant.zoneName(now)})`}
          fault={
            tried
              ? toInstant === undefined
                ? words('time.wrong')
                : inOrder
                  ? undefined
                  : words('time.order')
              : undefined
          }
        />
        <Button type="submit" kind="primary">
          {words('time.apply')}
        </Button>
      </form>
    </div>
  );
}
