import type { NetworkNeed } from './service-level.ts';
import type { LocalText, SettingFields } from './settings.ts';

/** What an application says of itself before any of its code runs. */
export interface AppManifest {
  /** id = folder = URL segment = settings key, kebab-case. */
  id: string;
  title: LocalText;
  summary: LocalText;
  /** Number of the scenario, 1 to 18. */
  scenario: number;
  needs: {
    /** Thing models (their `@type`s) the application reads or acts on. */
    things: readonly string[];
    /** What it needs of the network: a flow for each kind of traffic. */
    network?: readonly NetworkNeed[];
    /** Roles its pages are made for. */
    roles: readonly string[];
  };
  settings: SettingFields;
  /** Its pages, in the order of its navigation; the first is shown first. */
  pages: readonly { path: string; title: LocalText }[];
  /** Switched on from the first start. */
  enabledAtFirst?: boolean;
}
