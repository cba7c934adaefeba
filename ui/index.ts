export {
  type AppAnswer,
  type AppFrame,
  AppFrameProvider,
  type AppValue,
  type AppWeb,
  useApp,
  useAppWords,
} from './app/app-frame.tsx';
export {
  type LatestKnown,
  type QualityStretch,
  runsOf,
  type StateRun,
  type Trace,
  type TraceSample,
  traceOf,
  withHeld,
} from './charts/trace.ts';
export { type CheckLine, CheckTree } from './collections/check-tree.tsx';
export { csvText, fileName, saveText } from './collections/csv.ts';
export { type Column, type Sort, Table } from './collections/table.tsx';
export { TileWall } from './collections/tile-wall.tsx';
export { Tree, type TreeNode } from './collections/tree.tsx';
export { Button, type ButtonKind, type ButtonProps } from './controls/button.tsx';
export { Confirm, Dialog } from './controls/dialog.tsx';
export { MenuButton, type MenuChoice, type MenuGroup } from './controls/menu.tsx';
export { type TabItem, Tabs } from './controls/tabs.tsx';
export { EmptyState, ErrorState, type ProblemWords, Skeleton } from './feedback/states.tsx';
export { dismiss, type Notice, Notices, notify } from './feedback/toast.tsx';
export { faultOf, faultsOf, numberFromText, secretKept, sentValues, startValues } from './forms/check.ts';
export { NumberField, SearchField, SelectField, TextField, ToggleField } from './forms/fields.tsx';
export { SettingsFields } from './forms/settings-form.tsx';
export { CodeBlock, CopyButton } from './layout/code-block.tsx';
export { Facts, Page, PagesWithin, Section, ToolBar } from './layout/page.tsx';
export { type Step, Stepper } from './layout/stepper.tsx';
export { loadChineseFont } from './theme/fonts.ts';
export { chooseTheme, startTheme, type ThemeChoice, themeChoices, useTheme } from './theme/theme.ts';
export { holdNow, useNow } from './time/now.ts';
export {
  Instant,
  type PlantTime,
  PlantZone,
  plantTime,
  Since,
  toInstant,
  usePlantTime,
} from './time/plant-time.tsx';
export {
  boundsOf,
  formatRange,
  moved,
  parseRange,
  quickRanges,
  rangeDefault,
  type TimeRange,
  zoomed,
} from './time/range.ts';
export { rangeText, TimeRangePicker } from './time/range-picker.tsx';
export { fromWallClock, knownZone, wallClock } from './time/zone.ts';
export { BandBar } from './values/band-bar.tsx';
export { CounterEquation, reasonWords } from './values/counter-equation.tsx';
export { Mark, type MarkKind, urgency } from './values/mark.tsx';
export {
  formatBytes,
  formatCount,
  formatNumber,
  formatValue,
  type NormalBand,
  outsideBand,
  unitSymbol,
} from './values/number.ts';
export { Sparkline } from './values/sparkline.tsx';
export { StateBadge } from './values/state-badge.tsx';
export { abnormality, useBandText, Value, type ValueLook } from './values/value.tsx';
export { type UiWords, uiSay, uiWords, useUiWords } from './words/index.ts';
export { descriptionOf, namedValue, titleOf, useLocalText } from './words/local-text.ts';
export {
  chooseLanguage,
  keysOf,
  type Language,
  languageAtStart,
  languageInForce,
  languages,
  type Say,
  sayOf,
  startWords,
  type Translation,
  useLanguage,
  useWordsOf,
  type WordKey,
} from './words/typed.ts';
